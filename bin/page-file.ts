/** Writes the page that `--page` names. */
import { writeFileSync } from 'node:fs';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'it is not allowed',
};

/** What kept it from being written, in one sentence; nothing where it was. */
export const writePage = (file: string, page: string): string | undefined => {
  try {
    writeFileSync(file, page);
    return undefined;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    return `--page ${file} cannot be written: ${reasons[code] ?? String(error)}`;
  }
};
