/**
 * Writes the vectors: the courses with what the SDK's machine makes of them. `--check` writes nothing and fails where a file is not
 * what it should be.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordings } from './recordings.ts';

const isCheck = process.argv.includes('--check');
for (const [file, text] of recordings()) {
  const path = join(import.meta.dirname, file);
  if (isCheck && (!existsSync(path) || readFileSync(path, 'utf8') !== text)) {
    process.exitCode = 1;
    process.stderr.write(
      `${path} is not what the machine does: node client/conformance/record.ts, and read what changed\n`,
    );
  } else if (!isCheck) writeFileSync(path, text);
}
