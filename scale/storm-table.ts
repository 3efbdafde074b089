/** The table of storms in `docs/limits.md`. */
import { count, duration, obstacles, type StormReport } from './storm-report.ts';

export const stormHead = '| *simulated* | half are back | nine of ten | all | handshakes of each | in the way |';

export const stormRow = (report: StormReport): string => {
  const inTheWay = obstacles({ refused: { ...report.refused, outage: 0 } }).map(({ what }) => what);
  const afterwards =
    report.storm.hours > 0
      ? `; later up to ${count(report.busiestLater)} handshakes/s, ${count(report.lost)} sessions lost`
      : '';
  return `| ${[
    report.what,
    duration(report.half),
    duration(report.ninety),
    duration(report.last),
    report.attemptsPerDevice.toFixed(1),
    `${inTheWay.join(', ') || 'nothing'}${afterwards}`,
  ].join(' | ')} |`;
};

const marked = /(<!-- storms -->)\n[\s\S]*?(?=\n<!-- \/storms -->)/;

/** The page with these rows in the place of those that it has. */
export const withStorms = (page: string, rows: readonly string[]): string =>
  page.replace(marked, (_, before: string) => [before, stormHead, '|---|---|---|---|---|---|', ...rows].join('\n'));
