import { pipeline } from 'node:stream/promises';

/** Prints text as fast as it is taken: there may be more of it than memory. Who has read enough, such as `head`, ends it. */
export const printLines = async (
  lines: AsyncIterable<string>,
  out: NodeJS.WritableStream = process.stdout,
): Promise<void> => {
  try {
    await pipeline(lines, out, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
};

/** Says what a command did: to a person a sentence, with `--json` one object a line. */
export const say = (isJson: boolean | undefined, outcome: object, sentence: string): void =>
  console.log(isJson ? JSON.stringify(outcome) : sentence);
