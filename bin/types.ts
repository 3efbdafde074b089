import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { StageConfig } from '../config-schema/stage-config.ts';
import { readArguments, run, UsageError } from './command.ts';
import { stageConfig } from './stage-domain.ts';
import { domainTypes, registeredTypes } from './types/domain-types.ts';

const help = `The connection types, roles and events of a stage, as TypeScript declarations for @maitred/client.

  npm run -s types -- --stage S > maitred.d.ts   those of config/S.json, for a file of an application that the compiler reads
  npm run types                                  writes those that the SDK has by itself, of a stage without any of its own
`;

await run(async () => {
  const { values, positionals } = readArguments(help, { stage: { type: 'string' } });
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many; see --help`);
  const { stage } = values;
  if (stage === undefined)
    return writeFileSync(
      join(import.meta.dirname, '../presets/restaurant/types.ts'),
      `/** The types of domain.json, which the SDK has by itself. \`npm run types\` writes them. */\n\n${domainTypes(v.parse(StageConfig, {}))}`,
    );
  const heading = `/** Types for @maitred/client. \`npm run -s types -- --stage ${stage}\` in the gateway's folder prints them. */`;
  process.stdout.write(`${heading}\n\n${registeredTypes(stageConfig({ stage }))}`);
});
