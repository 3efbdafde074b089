/** A month as lines of text: with bars for a person's terminal, without for whatever reads on. */
import { counted, inDollars } from './price.ts';
import type { Report } from './report.ts';

const barWidth = 32;
const labelWidth = 34;
/** Eighths of a character, so that a small part is seen. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

const barOf = (share: number): string => {
  const parts = Math.round(share * barWidth * 8);
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
};

/** `withBars`: the terminal shows them. */
export const linesOf = (report: Report, withBars: boolean): readonly string[] => {
  const { fleet, dollars, items } = report;
  const most = Math.max(...items.map((item) => item.dollars), 0);
  const row = (label: string, amount: string, bar = ''): string =>
    `  ${label.padEnd(labelWidth)}${amount.padStart(10)}${bar === '' ? '' : `  ${bar}`}`;
  return [
    `${counted(fleet.restaurants, 'restaurant')}, ${counted(fleet.devices, 'device')} and ${counted(fleet.events, 'event')} a day each, ${fleet.hours} h a day${fleet.nightHours > 0 ? ` and ${fleet.nightHours} h connected at night` : ''}: a month at list prices of us-east-1`,
    '',
    ...items.map((item) =>
      row(item.purpose, inDollars(item.dollars), withBars && most > 0 ? barOf(item.dollars / most) : ''),
    ),
    row('together', inDollars(dollars)),
    '',
    ...(report.options.length === 0
      ? ['None of the options would save.']
      : [
          'What would save, one at a time:',
          ...report.options.map(({ option, saves }) => `  ${signed(-saves).padStart(10)}  ${option}`),
          `  ${inDollars(report.withOptions).padStart(10)}  the month with all of them`,
        ]),
    '',
    'Others, deliveries and connections alone, and with the door, numbering, storage and queue beside them:',
    ...report.alternatives.map(({ name, alone, alike }) =>
      row(name, inDollars(alone), alike === undefined ? '' : inDollars(alike).padStart(8)),
    ),
    '',
    'What half or half as much more of an assumption does to the month (docs/cost.md has them all):',
    ...report.swings.slice(0, 6).map(({ name, less, more }) => row(name, signed(less), signed(more).padStart(8))),
    ...(report.warnings.length > 0 ? ['', ...report.warnings] : []),
  ];
};

export const signed = (dollars: number): string => `${dollars < 0 ? '−' : '+'}${inDollars(Math.abs(dollars))}`;
