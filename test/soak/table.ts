import type { Row } from './oracle.ts';

const shownOfEach = 5;

/** The rows for people, and of what is wrong the first few. */
export const tableOf = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const lines = rows.flatMap(({ what, tried, wrong, figures = '' }) => [
    `  ${what.padEnd(width)}  ${String(tried).padStart(7)}  ${String(wrong.length).padStart(5)}${figures === '' ? '' : `  ${figures}`}`,
    ...wrong.slice(0, shownOfEach).map((one) => `      ${one}`),
  ]);
  return [`  ${''.padEnd(width)}  ${'tried'.padStart(7)}  ${'wrong'.padStart(5)}`, ...lines].join('\n');
};
