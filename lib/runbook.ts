/** The runbook's place. A test holds its headings and the alarms together. */
const runbookFile = 'docs/runbook.md';

/** The anchor of a heading, as code hosts make it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

/** Where a heading of the runbook is: at the address where people read it, else in the project. */
export const runbookLink = (heading: string, runbookUrl: string = runbookFile): string =>
  `${runbookUrl}#${anchorOf(heading)}`;
