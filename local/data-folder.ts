import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './start-error.ts';

/** Makes the folder a gateway keeps its data in, where it is not there yet. Throws `StartError` when it cannot be written to. */
export const prepareDataFolder = (dir: string): void => {
  try {
    makeFolder(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StartError('DATA_UNWRITABLE', `The data folder ${dir} cannot be written to.`, { cause });
  }
};

/** Not with `recursive`: where a folder that is there takes no new one and says ENOENT, as /proc does, Node tries for ever. */
const makeFolder = (dir: string): void => {
  if (existsSync(dir)) {
    // Throws what is true of a file: it exists, and is in the way.
    if (!statSync(dir).isDirectory()) mkdirSync(dir);
    return;
  }
  makeFolder(dirname(dir));
  mkdirSync(dir);
};
