import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { asyncApiDocument } from './asyncapi/document.ts';
import { FailedError, readArguments, run, UsageError } from './command.ts';

const help = `The protocol as an AsyncAPI document, docs/asyncapi.json, generated from the schemas of the protocol.

  npm run asyncapi              writes it
  npm run asyncapi -- --check   fails where the file is not what would be written
  --file PATH                   another file
`;

await run(async () => {
  const { values, positionals } = readArguments(help, { check: { type: 'boolean' }, file: { type: 'string' } });
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many; see --help`);
  const path = values.file ?? join(import.meta.dirname, '../docs/asyncapi.json');
  const text = `${JSON.stringify(asyncApiDocument(packageJson.version), null, 2)}\n`;
  if (!values.check) return writeFileSync(path, text);
  if (readFileSync(path, 'utf8') !== text)
    throw new FailedError(
      `${relative('', path)} is not what the protocol's schemas say: run npm run asyncapi and commit it`,
    );
  process.stdout.write(`${relative('', path)} is what the schemas say.\n`);
});
