import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import { StageConfig } from '../config-schema/stage-config.ts';
import packageJson from '../package.json' with { type: 'json' };
import { asyncApiDocument } from './asyncapi/document.ts';
import { domainOf } from '../protocol/domain.ts';
import { FailedError, readArguments, run, UsageError } from './command.ts';
import { printLines } from './printed-lines.ts';
import { stageConfig } from './stage-domain.ts';

const help = `The protocol as an AsyncAPI document, generated from its schemas and the events of a stage.

  npm run asyncapi              writes docs/asyncapi.json, that of a stage without events of its own
  npm run asyncapi -- --check   fails where the file is not what would be written
  --file PATH                   another file
  --stage S                     that of a stage, by config/S.json: printed, or into a --file
`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    check: { type: 'boolean' },
    file: { type: 'string' },
    stage: { type: 'string' },
  });
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many; see --help`);
  const { stage } = values;
  const domain = stage === undefined ? v.parse(StageConfig, {}) : stageConfig({ stage });
  const path = values.file ?? join(import.meta.dirname, '../docs/asyncapi.json');
  const text = `${JSON.stringify(asyncApiDocument(packageJson.version, domainOf(domain)), null, 2)}\n`;
  if (stage !== undefined && values.file === undefined) return await printLines(Readable.from([text]));
  if (!values.check) return writeFileSync(path, text);
  if (readFileSync(path, 'utf8') !== text)
    throw new FailedError(
      `${relative('', path)} is not what the protocol's schemas say: run npm run asyncapi and commit it`,
    );
  process.stdout.write(`${relative('', path)} is what the schemas say.\n`);
});
