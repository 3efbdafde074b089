/** The package.json of what is packed: of the project's own what concerns whoever installs it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

type Manifest = Readonly<{
  version: string;
  description: string;
  license: string;
  dependencies: Readonly<Record<string, string>>;
}>;

/** The commands say their version and which Node they need, and nothing else of the project's. */
export const briefManifest: Plugin = {
  name: 'manifest',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/package\.json$/ }, ({ path }) => {
      const { version, engines } = JSON.parse(readFileSync(path, 'utf8'));
      return { loader: 'json', contents: JSON.stringify({ version, engines }) };
    });
  },
};

/** @param projectDir the project's folder */
export const manifestOf = (projectDir: string) => {
  const { version, description, license, dependencies }: Manifest = JSON.parse(
    readFileSync(`${projectDir}/package.json`, 'utf8'),
  );
  const cdk = createRequire(`${projectDir}/package.json`)('aws-cdk-lib/package.json');
  return {
    name: 'maitred',
    version,
    description,
    keywords: ['aws', 'cdk', 'aws-cdk', 'constructs', 'websocket', 'api-gateway', 'realtime', 'restaurant'],
    license,
    // One copy for whoever imports and whoever requires it, as the CDK itself is.
    type: 'commonjs',
    // The constructs' own. The commands say themselves what they need.
    engines: { node: cdk.engines.node },
    bin: { maitred: './commands/maitred.mjs' },
    main: './index.js',
    types: './types/lib/index.d.ts',
    exports: {
      '.': { types: './types/lib/index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    // The app's own copies: two would not know each other's stacks.
    peerDependencies: {
      'aws-cdk-lib': `^${dependencies['aws-cdk-lib']}`,
      constructs: cdk.peerDependencies.constructs,
    },
  };
};
