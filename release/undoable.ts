/** Files that are written for something that may fail, and then are as they were. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

export type Writing = Readonly<{
  write: (path: string, text: string) => void;
  /** Lets something else write a file that is there. */
  change: (path: string, write: () => void) => void;
}>;

/**
 * Where the work throws, or somebody interrupts it, the files have their old texts again, but for one that has another text by then than the
 * work gave it: that is somebody's, and stays.
 *
 * @param work waits for nothing: what it starts gets an interruption from the terminal, too
 */
export const undoable = async (folder: string, work: (files: Writing) => void): Promise<void> => {
  const written = new Map<string, Readonly<{ before: string; after: string }>>();
  const textOf = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const change: Writing['change'] = (path, write) => {
    const before = written.get(path)?.before ?? textOf(path);
    try {
      write();
    } finally {
      written.set(path, { before, after: textOf(path) });
    }
  };
  const undo = (): void => {
    for (const [path, { before, after }] of written)
      if (existsSync(join(folder, path)) && textOf(path) === after) writeFileSync(join(folder, path), before);
      else process.stderr.write(`${path} was changed by somebody else meanwhile, and is left as it is\n`);
    written.clear();
  };
  const interrupted = (): void => {
    undo();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupted);
  try {
    work({ change, write: (path, text) => change(path, () => writeFileSync(join(folder, path), text)) });
    // A signal that came meanwhile is heard now.
    await setImmediate();
  } catch (error) {
    undo();
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
  }
};
