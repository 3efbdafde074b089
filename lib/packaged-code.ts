/** The functions' code as this package has it: bundled when it was made, so whoever installs it needs no bundler. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { stageFileName } from '../config-schema/stage-file.ts';
import { buildNameIn, keepMap } from './build-name.ts';
import { MaitredError } from './construct-problems.ts';
import type { FunctionsCode } from './entries.ts';

/** `<transport>/<entry>/index.mjs`, beside this file when it is compiled. */
const folder = join(import.meta.dirname, 'functions');

/** An asset's hash is that of its files, the configuration among them, on every machine. */
export const packagedCode: FunctionsCode = (stageFile, transport) => (entry) => {
  const dir = join(folder, transport, entry);
  if (!existsSync(dir))
    throw new MaitredError(
      'FUNCTIONS_MISSING',
      `the functions of maitred must be in ${folder}, got no ${transport}/${entry}: install the package anew`,
    );
  return Code.fromAsset(dir, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // By this the CDK tells one from another; what is copied is none of its data.
      command: [stageFile],
      local: {
        tryBundle: (outputDir) => {
          const code = readFileSync(join(dir, 'index.mjs'));
          writeFileSync(join(outputDir, 'index.mjs'), code);
          const buildName = buildNameIn(code);
          if (buildName !== undefined) keepMap(outputDir, buildName, readFileSync(join(dir, 'index.mjs.map')));
          writeFileSync(join(outputDir, stageFileName), stageFile);
          return true;
        },
      },
    },
  });
};
