/**
 * The CDK app. `-c stage=NAME` chooses the stage, `dev` by default; its configuration is `config/NAME.json`, or that of the folder
 * `-c config=DIR`.
 */
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigError } from '../config-schema/config-error.ts';
import { bundledCode } from '../lib/bundle.ts';
import { readStageConfig } from '../lib/config.ts';
import { addStageStacks } from '../lib/stage-stacks.ts';

const projectDir = join(import.meta.dirname, '..');

try {
  const app = new App();
  // The variable by which the CDK skips its own validation. `npm start` does: it would take longer than all the rest.
  if (process.env['CDK_VALIDATION'] !== 'false') (await import('../lib/rule-packs.ts')).addRulePacks(app);
  const stage = String(app.node.tryGetContext('stage') ?? 'dev');
  const config = readStageConfig(resolve(projectDir, String(app.node.tryGetContext('config') ?? 'config')), stage);
  addStageStacks(app, {
    stage,
    config,
    code: (stageFile, transport) => bundledCode(projectDir, stageFile, transport),
  });
  app.synth();
} catch (error) {
  // A wrong configuration is told by its message; of anything else the stack trace is wanted, too.
  if (!(error instanceof ConfigError)) console.error(error);
  console.error(`error: ${(error instanceof Error ? error.message : String(error)).trim()}`);
  process.exit(1);
}
