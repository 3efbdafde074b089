/** `npm run synth [-- --stage NAME] [--config DIR] [--out DIR]`: what a deployment of the stage would send to CloudFormation. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes } from './exit-codes.ts';
import { SynthesisError, synthesize } from '../lib/synthesize.ts';

const usage = 'usage: npm run synth -- [--stage NAME] [--config DIR] [--out DIR]   (by default: dev, config, cdk.out)';

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      config: { type: 'string', default: 'config' },
      out: { type: 'string', default: 'cdk.out' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const startedAtMs = performance.now();
  const outdir = await synthesize({
    stage: values.stage,
    configDir: resolve(values.config),
    outdir: resolve(values.out),
  });
  console.log(
    `stage ${values.stage} synthesized in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s: ${outdir}`,
  );
  return 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof SynthesisError) console.error(`${error.message}\n\n${error.output}`.trim());
  else if (error instanceof TypeError && 'code' in error) console.error(`${error.message}\n${usage}`);
  else throw error;
  process.exitCode = exitCodes[error instanceof SynthesisError ? 'failed' : 'usage'];
}
