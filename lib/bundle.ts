/** The functions' code: every deployed entry as one ESM file with everything it needs in it, and its stage's configuration beside it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Transport } from '../config-schema/stage-config.ts';
import { stageFileName } from '../config-schema/stage-file.ts';
import { BundleError, bundle } from './build-functions.ts';
import { keepMap, type NamedBuild } from './build-name.ts';
import type { CodeOf } from './entries.ts';

/**
 * Bundles the entries of a project when the first of them is asked for, all in one run: 0.7 s for five, where the CDK's
 * `NodejsFunction` starts a process each and takes 4.4 s. Nothing is bundled for stacks that the CDK was not asked for.
 *
 * The code knows no stage: `stageFile` is copied beside it. An asset's hash is that of its files, on every machine. The maps are no part
 * of it: they are kept in the assembly (`keepMap`).
 */
export const bundledCode = (projectDir: string, stageFile: string, transport: Transport): CodeOf => {
  let builds: ReadonlyMap<string, NamedBuild> | undefined;
  return (entry) =>
    Code.fromAsset(join(projectDir, 'lambdas'), {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        image: DockerImage.fromRegistry('never-used'),
        // The CDK tells one bundling from another by its data alone, and `local` is none: without this all share one asset.
        command: [entry, stageFile, transport],
        local: {
          tryBundle: (outputDir) => {
            builds ??= bundle(projectDir, transport);
            const build = builds.get(entry);
            if (build === undefined) throw new BundleError(`there is no ${entry} in it`);
            writeFileSync(join(outputDir, 'index.mjs'), build.code);
            writeFileSync(join(outputDir, stageFileName), stageFile);
            keepMap(outputDir, build.name, build.map);
            return true;
          },
        },
      },
    });
};
