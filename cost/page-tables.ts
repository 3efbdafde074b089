/** The tables of `docs/cost.md`, made from the model: each is written between two comments that name it. */
import { alternatives } from './alternatives.ts';
import { assumptions } from './assumptions.ts';
import { type Fleet, reference } from './fleet.ts';
import { listPrices } from './list-prices.ts';
import { countsOf } from './counts.ts';
import { monthOf, totalOf, usesOf } from './month.ts';
import { changes, differenceOf, type Option, savings, withSavings } from './options.ts';
import { inDollars, priced } from './price.ts';
import { messagesPerRun, mostPerSecond } from './shared-runs.ts';
import { signed } from './terminal.ts';
import { tornadoOf } from './tornado.ts';
import { assumed } from './assumptions.ts';
import { indexWrites, measured } from './units.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const sized = (restaurants: number): Fleet => ({ ...reference, restaurants });
const alwaysOn = (fleet: Fleet): Fleet => ({ ...fleet, nightHours: 24 - fleet.hours });

const sizes = [
  ['an idle stage', 0],
  ['1 restaurant', 1],
  ['100 restaurants', 100],
  ['1,000 restaurants', 1_000],
  ['10,000 restaurants', 10_000],
] as const;

const month = (): string => {
  const items = [...monthOf(reference)].sort(([, one], [, other]) => other - one);
  const all = totalOf(reference);
  return table(
    ['for', 'dollars', 'share'],
    [
      ...items.map(([purpose, dollars]) => [purpose, inDollars(dollars), `${Math.round((100 * dollars) / all)} %`]),
      ['**together**', `**${inDollars(all)}**`, ''],
    ],
  );
};

/** By what AWS calls it. */
const services = {
  'API Gateway messages': ['apiGatewayMessage'],
  'API Gateway connection minutes': ['apiGatewayConnectionMinute'],
  'DynamoDB writes and reads': [
    'dynamodbWriteUnit',
    'dynamodbReadUnit',
    'dynamodbInfrequentWriteUnit',
    'dynamodbProvisionedWriteUnit',
    'dynamodbProvisionedReadUnit',
  ],
  'DynamoDB storage and point-in-time recovery': [
    'dynamodbStorageGb',
    'dynamodbInfrequentStorageGb',
    'dynamodbRecoveryGb',
  ],
  'Lambda requests': ['lambdaRequest'],
  'Lambda time': ['lambdaGbSecond'],
  SQS: ['sqsStandardRequest', 'sqsFifoRequest'],
  'CloudWatch Logs': ['cloudWatchLogsIngestedGb', 'cloudWatchLogsStoredGb'],
  'CloudWatch alarms, metrics, dashboard': ['cloudWatchAlarmMetric', 'cloudWatchMetric', 'cloudWatchDashboard'],
  'data transfer out': ['transferOutGb'],
} as const;

const byService = (): string => {
  const uses = priced(usesOf(reference));
  return table(
    ['service', 'dollars'],
    Object.entries(services).map(([service, prices]) => {
      const names: readonly string[] = prices;
      return [
        service,
        inDollars(uses.reduce((sum, { price, dollars }) => sum + (names.includes(price) ? dollars : 0), 0)),
      ];
    }),
  );
};

const optionRows = (options: readonly Option[]): readonly (readonly string[])[] =>
  options.map((one) => [one.option, signed(differenceOf(reference, one)), one.asks]);

const concurrencies = [20, 30, 50, 100] as const;

const perSecondOf = (share: number, hours: number): number =>
  (reference.restaurants * reference.events * share) / (reference.hours * hours) / 3600;

/** By name, as they stand in the page. */
export const tables: Readonly<Record<string, () => string>> = {
  sizes: () =>
    table(
      ['a month of', `open ${reference.hours} hours`, 'connected day and night'],
      sizes.map(([name, restaurants]) => {
        const fleet = sized(restaurants);
        return [
          name,
          `**${inDollars(totalOf(fleet))}**`,
          restaurants === 0 ? inDollars(totalOf(fleet)) : inDollars(totalOf(alwaysOn(fleet))),
        ];
      }),
    ),
  month,
  services: byService,
  savings: () =>
    table(
      ['one option', 'a month', 'what it asks'],
      [...optionRows(savings), ['**all of them**', `**${inDollars(totalOf(withSavings(reference)))}**`, '']],
    ),
  changes: () => table(['one thing changed', 'a month', ''], optionRows(changes)),
  shared: () =>
    table(
      ['`fanOutConcurrency`', 'events/s at most', 'restaurants in a run at lunch', 'a month'],
      concurrencies.map((fanOutConcurrency) => [
        String(fanOutConcurrency),
        Math.round(mostPerSecond(fanOutConcurrency, assumed)).toLocaleString('en-US'),
        messagesPerRun(perSecondOf(0.8, 1 / 3), fanOutConcurrency, assumed).toFixed(1),
        inDollars(totalOf({ ...reference, fanOutConcurrency })),
      ]),
    ),
  idle: () => {
    const uses = priced(usesOf(sized(0)));
    const named = {
      cloudWatchAlarmMetric: 'alarms',
      sqsStandardRequest: 'reading the timer queue and the redelivery queue',
      sqsFifoRequest: 'reading the event queue',
    } as const;
    return table(
      ['an idle stage', 'dollars'],
      [
        ...Object.entries(named).map(([price, name]) => [
          name,
          inDollars(uses.reduce((sum, use) => sum + (use.price === price ? use.dollars : 0), 0)),
        ]),
        ['the small dashboard, one of three that an account has free', inDollars(0)],
        ['**together**', `**${inDollars(totalOf(sized(0)))}**`],
      ],
    );
  },
  assumptions: () =>
    table(
      ['assumption', 'value', 'half of it', 'half more', 'what, and where it is from'],
      tornadoOf(reference).map(({ name, less, more }) => {
        const { value, unit, what, source } = assumptions[name];
        return [`\`${name}\``, `${value} ${unit}`, signed(less), signed(more), `${what}. ${source}`];
      }),
    ),
  units: () =>
    table(
      ['unit', 'counted'],
      [
        ...Object.entries(measured).map(([name, value]) => [`\`${name}\``, value.toLocaleString('en-US')]),
        ...Object.entries(indexWrites).map(([name, value]) => [
          `index writes \`${name}\`, not counted: by reasoning`,
          String(value),
        ]),
      ],
    ),
  outbox: () =>
    table(
      ['a million events to the backend', 'dollars'],
      [
        ['to a bus', inDollars(outboxMillion('bus'))],
        ['to a queue', inDollars(outboxMillion('queue'))],
      ],
    ),
  alternatives: () =>
    table(
      ['service', 'deliveries and connections alone', 'with the same beside it'],
      [
        ['**maitred**', '', `**${inDollars(totalOf(reference))}**`],
        ...alternatives(reference).map(({ name, alone, alike }) => [
          name,
          inDollars(alone),
          alike === undefined ? '' : inDollars(alike),
        ]),
      ],
    ),
};

const outboxMillion = (outbox: 'bus' | 'queue'): number => {
  const { events, connections } = countsOf(reference);
  return ((monthOf({ ...reference, outbox }).get('the outbox') ?? 0) * 1e6) / (events + 2 * connections);
};

/** US dollars a million questions who is there that read so many units; the answer is one frame of at most 32 KB. */
export const millionQuestions = (readUnits: number): number =>
  1e6 *
  (2 * listPrices.apiGatewayMessage +
    readUnits * listPrices.dynamodbReadUnit +
    listPrices.lambdaRequest +
    (assumed.messageMs / 1000) * 0.5 * listPrices.lambdaGbSecond);

const marked = /(<!-- table (\w+) -->\n)[\s\S]*?(\n<!-- end -->)/g;

/** The page with every table anew; throws where it names one that is not here. */
export const withTables = (page: string): string =>
  page.replaceAll(marked, (_, before: string, name: string, after: string) => {
    const made = tables[name];
    if (made === undefined) throw new Error(`there is no table ${name}`);
    return `${before}\n${made()}\n${after}`;
  });
