/** Lists of the commands: a line for each row, its cells as wide as their columns. */

/** What a column is called, and how many characters it has at least. */
export type Column = readonly [heading: string, width: number];

/** A row; cells beyond the columns follow as they are. */
export const rowOf = (columns: readonly Column[], cells: readonly string[]): string =>
  cells
    .map((cell, index) => cell.padEnd(columns[index]?.[1] ?? 0))
    .join('  ')
    .trimEnd();

/** Prints what the columns are called where a person reads. What reads a pipe gets rows alone. */
export const printHeadings = (columns: readonly Column[]): void => {
  if (process.stdout.isTTY)
    console.log(
      rowOf(
        columns,
        columns.map(([heading]) => heading),
      ),
    );
};
