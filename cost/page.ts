/** A month as one page that needs nothing else: bars, options, the tornado of assumptions, and others beside it. Readable in light and dark. */
import { counted, inDollars } from './price.ts';
import type { Report } from './report.ts';
import { signed } from './terminal.ts';

/** The whole page. */
export const pageOf = (report: Report): string => {
  const { fleet, dollars } = report;
  const title = `${counted(fleet.restaurants, 'restaurant')}: ${inDollars(dollars)} a month`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
<h1>${title}</h1>
<p>${counted(fleet.devices, 'device')} and ${counted(fleet.events, 'event')} a day each, ${fleet.hours} open hours${fleet.nightHours > 0 ? ` and ${fleet.nightHours} connected at night` : ''}, ${fleet.days} days; events ${fleet.arrivals === 'random' ? 'at random moments' : fleet.arrivals === 'peaked' ? 'with peaks at lunch and dinner' : 'by order, with peaks'}. List prices of us-east-1; Lambda's time and what else is not measured is assumed.</p>
${report.warnings.map((warning) => `<p class="warning">${escaped(warning)}</p>`).join('\n')}
<h2>What it is for</h2>
${barsOf(report.items.map((item) => ({ label: item.purpose, value: item.dollars, text: inDollars(item.dollars) })))}
<h2>What would save</h2>
${savingsTable(report)}
<h2>What each assumption is worth</h2>
<p>The month with half of it, and with half as much more.</p>
${tornadoPlot(report)}
<h2>Others</h2>
<p>Deliveries and connections alone, and with the door, numbering, storage and queue that maitred has beside them.</p>
${barsOf([
  { label: 'maitred', value: dollars, text: inDollars(dollars) },
  ...report.alternatives.flatMap(({ name, alone, alike }) => [
    { label: `${name}, alone`, value: alone, text: inDollars(alone) },
    ...(alike === undefined ? [] : [{ label: `${name}, alike`, value: alike, text: inDollars(alike) }]),
  ]),
])}
</main>
</html>
`;
};

const savingsTable = ({ options, withOptions }: Report): string =>
  options.length === 0
    ? '<p>None of the options would save.</p>'
    : `<table><tr><th>one at a time, and what it asks<th class="number">a month</tr>
${options.map(({ option, saves, asks }) => `<tr><td>${escaped(option)}<br><small>${escaped(asks)}</small><td class="number">${signed(-saves)}</tr>`).join('\n')}
<tr><td>the month with all of them<td class="number">${inDollars(withOptions)}</tr></table>`;

const style = `:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fdfdfd;--quiet:#5c5c66;--bar:#2f6fb0;--other:#b06a2f;--line:#d5d5dc}
@media (prefers-color-scheme:dark){:root{--ink:#e9e9ee;--paper:#17171b;--quiet:#a3a3ae;--bar:#6aa9e6;--other:#e0a168;--line:#3a3a43}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.5rem 0;color:var(--quiet)}.warning{color:var(--ink);border-left:4px solid var(--other);padding-left:.6rem}
svg{display:block;width:100%;height:auto}svg text{font-size:13px;fill:var(--ink)}svg .end{text-anchor:end}
.bar{fill:var(--bar)}.less{fill:var(--bar)}.more{fill:var(--other)}.axis{stroke:var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{padding:.35rem .4rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
small{color:var(--quiet)}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}`;

/** As wide as a phone, so that its text is read there as it is. */
const width = 360;
const rowHeight = 40;

type Bar = Readonly<{ label: string; value: number; text: string }>;

/** A label and its amount above each bar, so that a phone has room for both. */
const barsOf = (bars: readonly Bar[]): string => {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const rows = bars.map(
    ({ label, value, text }, nth) =>
      `<text x="0" y="${nth * rowHeight + 14}">${escaped(label)}</text><text class="end" x="${width}" y="${nth * rowHeight + 14}">${text}</text><rect class="bar" x="0" y="${nth * rowHeight + 20}" width="${((value / most) * width).toFixed(1)}" height="10" rx="2"/>`,
  );
  return `<svg viewBox="0 0 ${width} ${bars.length * rowHeight}" role="img" aria-label="${escaped(bars.map(({ label, text }) => `${label} ${text}`).join(', '))}">${rows.join('\n')}</svg>`;
};

const tornadoPlot = ({ swings }: Report): string => {
  const most = Math.max(...swings.flatMap(({ less, more }) => [Math.abs(less), Math.abs(more)]), Number.MIN_VALUE);
  const middle = width / 2;
  const rectOf = (change: number, kind: string, y: number): string => {
    const length = (Math.abs(change) / most) * middle;
    return `<rect class="${kind}" x="${(change < 0 ? middle - length : middle).toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="10" rx="2"/>`;
  };
  const rows = swings.map(({ name, value, less, more }, nth) => {
    const y = nth * rowHeight;
    return `<text x="0" y="${y + 14}">${escaped(`${name}: ${value}`)}</text><text class="end" x="${width}" y="${y + 14}">${signed(less)} / ${signed(more)}</text>${rectOf(less, 'less', y + 20)}${rectOf(more, 'more', y + 20)}`;
  });
  return `<svg viewBox="0 0 ${width} ${swings.length * rowHeight}" role="img" aria-label="${escaped(swings.map(({ name, less, more }) => `${name} ${signed(less)} ${signed(more)}`).join(', '))}"><line class="axis" x1="${middle}" x2="${middle}" y1="0" y2="${swings.length * rowHeight}"/>${rows.join('\n')}</svg>`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
