/** Storms as one page that needs nothing else: a plot of each. Readable in light and dark, and as wide as a phone. */
import { count, duration, obstacles, type StormReport } from './storm-report.ts';

/** The whole page. */
export const stormPage = (reports: readonly StormReport[]): string => {
  const [first] = reports;
  const title =
    reports.length === 1 && first ? `${first.what}: all back after ${duration(first.last)}` : 'How devices come back';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<main>
<h1>${escaped(title)}</h1>
<p>The SDK's own state machine, as often as there are devices, against a model of the quotas of one account and region, in simulated time. Times count from when handshakes can succeed again.</p>
${reports.map(sectionOf).join('\n')}
</main>
</html>
`;
};

const style = `:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fdfdfd;--quiet:#5c5c66;--back:#2f6fb0;--tried:#b06a2f;--line:#d5d5dc}
@media (prefers-color-scheme:dark){:root{--ink:#e9e9ee;--paper:#17171b;--quiet:#a3a3ae;--back:#6aa9e6;--tried:#e0a168;--line:#3a3a43}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.5rem 0;color:var(--quiet)}
svg{display:block;width:100%;height:auto}svg text{font-size:13px;fill:var(--quiet)}svg .end{text-anchor:end}
.back{fill:none;stroke:var(--back);stroke-width:2.5}.tried{fill:var(--tried);opacity:.55}.axis{stroke:var(--line)}
svg .in-back{fill:var(--back)}svg .in-tried{fill:var(--tried)}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{padding:.35rem .4rem;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}`;

/** As wide as a phone, so that its text is read there as it is. */
const width = 360;
const height = 160;
const top = 20;

const sectionOf = (report: StormReport): string => {
  const rows: readonly (readonly [string, string])[] = [
    ['half are back', duration(report.half)],
    ['nine of ten', duration(report.ninety)],
    ['all', duration(report.last)],
    ['handshakes of each', report.attemptsPerDevice.toFixed(1)],
    ...(report.tokensPerDevice > 0 ? [['tokens asked for by each', report.tokensPerDevice.toFixed(1)] as const] : []),
    ...obstacles(report).map(({ what, times }) => [what, count(times)] as const),
    ...(report.storm.hours > 0
      ? [
          ['sessions handed over', count(report.handedOver)] as const,
          ['handshakes of the busiest second then', count(report.busiestLater)] as const,
          ['sessions lost once more', count(report.lost)] as const,
        ]
      : []),
  ];
  return `<h2>${escaped(report.what)}</h2>
${plotOf(report)}
<table>${rows.map(([what, value]) => `<tr><td>${escaped(what)}<td class="number">${value}</tr>`).join('')}</table>`;
};

/** Who is back as a line over time, and handshakes a second as bars on a scale of logarithms. */
const plotOf = ({ what, points, step, last }: StormReport): string => {
  const each = width / Math.max(1, points.length);
  const most = points.reduce((one, { tried }) => Math.max(one, tried), 1);
  const bottom = top + height;
  const bars = points.map(({ tried }, nth) => {
    const length = (Math.log10(1 + tried) / Math.log10(1 + most)) * height;
    return `<rect class="tried" x="${(nth * each).toFixed(1)}" y="${(bottom - length).toFixed(1)}" width="${(each * 0.8).toFixed(1)}" height="${length.toFixed(1)}"/>`;
  });
  const line = points.map(({ back }, nth) => `${((nth + 1) * each).toFixed(1)},${(bottom - back * height).toFixed(1)}`);
  return `<svg viewBox="0 0 ${width} ${bottom + 20}" role="img" aria-label="${escaped(`${what}: all back after ${duration(last)}, at most ${count(most)} handshakes a second`)}">
<text class="in-back" x="0" y="14">share that is back</text><text class="end in-tried" x="${width}" y="14">handshakes/s, logarithmic, to ${count(most)}</text>
${bars.join('')}
<polyline class="back" points="0,${bottom} ${line.join(' ')}"/>
<line class="axis" x1="0" x2="${width}" y1="${bottom}" y2="${bottom}"/>
<text x="0" y="${bottom + 15}">the cut</text><text class="end" x="${width}" y="${bottom + 15}">${duration(points.length * step)}</text></svg>`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
