/**
 * A storage of files that is slow, fails one write in so many, before or after it was made, and whose last write can be taken back:
 * as on a device that loses its power.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Storage, storageOf } from '../../client/src/storage.ts';

const fileOf = (dir: string, key: string): string => join(dir, encodeURIComponent(key));
const undoOf = (dir: string): string => join(dir, '..', 'undo.json');

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** Whole or not at all, whenever the process is killed. */
const replace = (file: string, text: string): void => {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
};

/** @param draw in [0, 1), from a seed */
export const fileStorage = (dir: string, draw: () => number, failsOnceIn: number, slowestMs: number): Storage => {
  mkdirSync(dir, { recursive: true });
  return storageOf({
    get: async (key) => {
      await delay(draw() * slowestMs);
      return textOf(fileOf(dir, key));
    },
    set: async (key, value) => {
      await delay(draw() * slowestMs);
      const failure = draw() * failsOnceIn;
      if (failure < 0.5) throw new Error('the write failed');
      const file = fileOf(dir, key);
      replace(undoOf(dir), JSON.stringify({ file, before: textOf(file) }));
      replace(file, value);
      await delay(draw() * slowestMs);
      if (failure < 1) throw new Error('the write was made, and nobody heard of it');
    },
    remove: async (key) => rmSync(fileOf(dir, key), { force: true }),
  });
};

/** The write that was made last is not there. */
export const loseLastWrite = (dir: string): void => {
  const undo = textOf(undoOf(dir));
  if (undo === undefined) return;
  const { file, before } = JSON.parse(undo);
  if (before === undefined) rmSync(file, { force: true });
  else replace(file, before);
  rmSync(undoOf(dir));
};
