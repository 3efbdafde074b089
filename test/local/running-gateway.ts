import { rmSync } from 'node:fs';
import type { ClientOptions } from 'ws';
import { type Gateway, type GatewayOptions, startGateway } from '../../local/gateway.ts';
import type { GatewayEvent } from '../../local/gateway-event.ts';
import { type Client, connect } from './client.ts';
import { restaurantConfig } from '../restaurant-domain.ts';
import { type Fixture, writeAssembly } from './fixture-assembly.ts';

/** A gateway over the fixture app whose events can be waited for. */
export type RunningGateway = Gateway & {
  /** An open client and the id its functions know it by. `query` is added to the URL. */
  readonly open: (query?: string, options?: ClientOptions) => Promise<Client & { readonly id: string }>;
  /** The first event, past or to come, that `matches`; each is given out once. */
  readonly event: (matches: (event: GatewayEvent) => boolean) => Promise<GatewayEvent>;
  /** The first event a function has printed, or will print, that `matches`; each is given out once. */
  readonly handled: (functionName: string, matches?: (event: Handled) => boolean) => Promise<Handled>;
};

/** What a fixture function was called with. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
export type Handled = any;

type Waiting = { readonly matches: (event: GatewayEvent) => boolean; readonly settle: (event: GatewayEvent) => void };

/** The functions have a second by their template, which may be short on a loaded machine. */
const timeScale = 3;

export const runGateway = async (
  options: Partial<GatewayOptions> = {},
  change?: (fixture: Fixture) => void,
): Promise<RunningGateway> => {
  const seen: GatewayEvent[] = [];
  const waiting: Waiting[] = [];
  const onEvent = (event: GatewayEvent): void => {
    const index = waiting.findIndex(({ matches }) => matches(event));
    const [found] = index < 0 ? [] : waiting.splice(index, 1);
    if (found === undefined) seen.push(event);
    else found.settle(event);
  };
  const assemblyDir = options.assemblyDir ?? writeAssembly(change);
  const gateway = await startGateway({
    timeScale,
    demoUsers: restaurantConfig.demoUsers,
    ...options,
    assemblyDir,
    onEvent,
  });

  const event: RunningGateway['event'] = (matches) =>
    new Promise((settle) => {
      const index = seen.findIndex(matches);
      const [found] = index < 0 ? [] : seen.splice(index, 1);
      if (found === undefined) waiting.push({ matches, settle });
      else settle(found);
    });

  const handled: RunningGateway['handled'] = async (functionName, matches = () => true) => {
    const found = await event((one) => printedBy(functionName, one).some(matches));
    return printedBy(functionName, found)[0];
  };

  let opened = 0;
  return {
    ...gateway,
    event,
    handled,
    open: async (query = '', options = {}) => {
      opened += 1;
      const who = String(opened);
      const client = await connect(`${gateway.url}?who=${who}&${query}`, options);
      const { requestContext } = await handled('Connect', (one) => one.queryStringParameters?.who === who);
      return { ...client, id: requestContext.connectionId };
    },
    close: async () => {
      await gateway.close();
      if (options.assemblyDir === undefined) rmSync(assemblyDir, { recursive: true });
    },
  };
};

/** The event in a line of a function, as a list of one, or none. */
const printedBy = (functionName: string, event: GatewayEvent): readonly Handled[] =>
  event.type === 'log' && event.functionName === functionName && event.line.startsWith('{')
    ? [JSON.parse(event.line)]
    : [];
