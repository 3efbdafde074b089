/** `node test/lib/write-template-digests.ts`: after a change that is meant to change templates. Its diff says which resources it changed. */
import { writeFileSync } from 'node:fs';
import { digested, digestFile, digestsWith } from './template-digests.ts';

for (const name of Object.keys(digested))
  writeFileSync(digestFile(name), `${JSON.stringify(digestsWith(name), null, 1)}\n`);
