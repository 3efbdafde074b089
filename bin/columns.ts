/** Lists of the commands: a line for each row, its cells as wide as their columns. */

/** What a column is called, and how many characters it has at least. */
export type Column = readonly [heading: string, width: number];

/** A row; cells beyond the columns follow as they are. */
export const rowOf = (columns: readonly Column[], cells: readonly string[]): string =>
  cells
    .map((cell, index) => cell.padEnd(columns[index]?.[1] ?? 0))
    .join('  ')
    .trimEnd();

/** The line that says what the columns are called, where a person reads. What reads a pipe gets rows alone. */
export const headingsFor = (columns: readonly Column[]): readonly string[] => {
  const headings = columns.map(([heading]) => heading);
  return process.stdout.isTTY ? [`${rowOf(columns, headings)}\n`] : [];
};

export const printHeadings = (columns: readonly Column[]): void => {
  for (const line of headingsFor(columns)) process.stdout.write(line);
};
