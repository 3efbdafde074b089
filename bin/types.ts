import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { StageConfig } from '../config-schema/stage-config.ts';
import { called, isPackaged, readArguments, run, UsageError } from './command.ts';
import { configHelp, configOptions, isSaid, wordsOf } from './config-options.ts';
import { statedConfig } from './stage-domain.ts';
import { domainTypes, registeredTypes } from './types/domain-types.ts';

const help = `The connection types, roles and events of a gateway, as TypeScript declarations for @maitred/client: for a file of an
application that the compiler reads.

${isPackaged ? `  ${called('types')} > maitred.d.ts` : `  ${called('types --stage S')} > maitred.d.ts\n  ${called('types')}   writes those that the SDK has by itself, of a stage without any of its own`}

${configHelp}`;

await run(async () => {
  const { values, positionals } = readArguments(help, configOptions);
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many; see --help`);
  if (!isPackaged && !isSaid(values))
    return writeFileSync(
      join(import.meta.dirname, '../presets/restaurant/types.ts'),
      `/** The types of domain.json, which the SDK has by itself. \`${called('types')}\` writes them. */\n\n${domainTypes(v.parse(StageConfig, {}))}`,
    );
  const command = called(`types ${wordsOf(values)}`.trim());
  const heading = `/** Types for @maitred/client. \`${command}\` in the gateway's folder prints them. */`;
  process.stdout.write(`${heading}\n\n${registeredTypes(await statedConfig(values))}`);
});
