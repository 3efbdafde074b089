/** Quantities to dollars. */
import { listPrices } from './list-prices.ts';

/** API Gateway's second tier is the price of the first one's messages beyond a billion a month. */
export type Price = Exclude<keyof typeof listPrices, 'apiGatewayMessageBeyond'>;

const firstTierMessages = 1e9;

/** What so many messages of API Gateway cost. */
export const apiGatewayMessages = (count: number): number =>
  Math.min(count, firstTierMessages) * listPrices.apiGatewayMessage +
  Math.max(0, count - firstTierMessages) * listPrices.apiGatewayMessageBeyond;

/** Each use with its dollars. All messages of a month have the one average price that both tiers give. */
export const priced = <Use extends Readonly<{ price: Price; quantity: number }>>(
  uses: readonly Use[],
): readonly (Use & Readonly<{ dollars: number }>)[] => {
  const messages = uses.reduce((sum, { price, quantity }) => sum + (price === 'apiGatewayMessage' ? quantity : 0), 0);
  const perMessage = messages === 0 ? 0 : apiGatewayMessages(messages) / messages;
  return uses.map((use) => ({
    ...use,
    dollars: use.quantity * (use.price === 'apiGatewayMessage' ? perMessage : listPrices[use.price]),
  }));
};

/** So many of something, as the terminal and the page write it. */
export const counted = (number: number, one: string): string =>
  `${number.toLocaleString('en-US')} ${one}${number === 1 ? '' : 's'}`;

/** As the documents write dollars. */
export const inDollars = (dollars: number): string =>
  dollars < 100 ? `$${dollars.toFixed(2)}` : `$${Math.round(dollars).toLocaleString('en-US')}`;
