import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import { StageConfig } from '../config-schema/stage-config.ts';
import packageJson from '../package.json' with { type: 'json' };
import { asyncApiDocument } from './asyncapi/document.ts';
import { domainOf } from '../protocol/domain.ts';
import { called, FailedError, isPackaged, readArguments, run, UsageError } from './command.ts';
import { configHelp, configOptions, isSaid, wordsOf } from './config-options.ts';
import { printLines } from './printed-lines.ts';
import { statedConfig } from './stage-domain.ts';

const ofThisProject = `  ${called('asyncapi')}              writes docs/asyncapi.json, that of a stage without events of its own
  ${called('asyncapi --check')}   fails where the file is not what would be written
`;

const help = `The protocol as an AsyncAPI document, generated from its schemas and the events of a gateway.

${isPackaged ? `  ${called('asyncapi')} > asyncapi.json\n` : ofThisProject}
  --file PATH    into this file, where it is printed otherwise
  --check        fails where the file is not what would be written
${configHelp}`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    ...configOptions,
    check: { type: 'boolean' },
    file: { type: 'string' },
  });
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many; see --help`);
  const isOwn = !isPackaged && !isSaid(values);
  const { check = false, file = isOwn ? join(import.meta.dirname, '../docs/asyncapi.json') : undefined } = values;
  if (check && file === undefined) throw new UsageError('--check needs a --file to compare with; see --help');
  const config = isOwn ? v.parse(StageConfig, {}) : await statedConfig(values);
  const text = `${JSON.stringify(asyncApiDocument(packageJson.version, domainOf(config)), null, 2)}\n`;
  if (file === undefined) return await printLines(Readable.from([text]));
  if (!check) return writeFileSync(file, text);
  if (readFileSync(file, 'utf8') !== text)
    throw new FailedError(
      `${relative('', file)} is not what the protocol's schemas say: run ${called(`asyncapi ${wordsOf(values)}`.trim())} and commit it`,
    );
  process.stdout.write(`${relative('', file)} is what the schemas say.\n`);
});
