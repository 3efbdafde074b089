/** Storms as lines of text: a table, and for a person's terminal a plot of who is back. */
import { count, duration, obstacles, type StormReport } from './storm-report.ts';

const plotWidth = 60;
const plotHeight = 8;
/** Eighths of a character. */
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** `withPlot`: the terminal shows it. */
export const stormLines = (reports: readonly StormReport[], withPlot: boolean): readonly string[] => [
  ...tableOf([
    ['', 'half back', '9 of 10', 'all', 'handshakes each', 'busiest second'],
    ...reports.map(({ what, half, ninety, last, attemptsPerDevice, busiest }) => [
      what,
      duration(half),
      duration(ninety),
      duration(last),
      attemptsPerDevice.toFixed(1),
      count(busiest),
    ]),
  ]),
  ...reports.flatMap((report) => ['', ...detailsOf(report), ...(withPlot ? ['', ...plotOf(report)] : [])]),
];

const tableOf = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, nth) => Math.max(...rows.map((row) => row[nth]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, nth) => (nth === 0 ? cell.padEnd(widths[nth] ?? 0) : cell.padStart(widths[nth] ?? 0))).join('  '),
  );
};

const detailsOf = (report: StormReport): readonly string[] => [
  report.what,
  ...obstacles(report).map(({ what, times }) => `  ${count(times).padStart(10)}  ${what}`),
  ...(report.tokensPerDevice > 0
    ? [`  ${report.tokensPerDevice.toFixed(1).padStart(10)}  tokens asked for by each`]
    : []),
  ...(report.storm.hours > 0
    ? [
        `  ${count(report.handedOver).padStart(10)}  sessions handed over, up to ${count(report.busiestLater)} handshakes a second`,
        `  ${count(report.lost).padStart(10)}  sessions lost once more`,
      ]
    : []),
];

/** The share that is back, from the cut on. */
const plotOf = ({ points, step, storm }: StormReport): readonly string[] => {
  const shown = points.slice(0, plotWidth);
  const rows = Array.from({ length: plotHeight }, (_, nth) => {
    const floor = plotHeight - 1 - nth;
    const line = shown.map(
      ({ back }) => eighths[Math.max(0, Math.min(8, Math.round((back * plotHeight - floor) * 8)))],
    );
    return `${nth === 0 ? '  all ' : '      '}│${line.join('')}`;
  });
  return [
    ...rows,
    `      └${'─'.repeat(shown.length)}`,
    `       0 to ${duration(shown.length * step)} after the cut${storm.outage > 0 ? `, of which nothing answers for ${duration(storm.outage)}` : ''}`,
  ];
};
