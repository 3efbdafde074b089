/** Bundles as the project's own Metro does, with the configuration of its template: `node metro.cjs ENTRY OUT PLATFORM [bare]`. */
const { createRequire } = require('node:module');
const [entry, out, platform, bare] = process.argv.slice(2);
const project = createRequire(`${process.cwd()}/package.json`);
const Metro = project('metro');
const { getDefaultConfig, mergeConfig } = project('@react-native/metro-config');

const build = async () => {
  const defaults = await getDefaultConfig(process.cwd());
  const initializer = project.resolve('react-native/Libraries/Core/InitializeCore');
  const config = await Metro.loadConfig(
    { cwd: process.cwd() },
    mergeConfig(defaults, {
      maxWorkers: 2,
      // Without it nothing of React Native is in the bundle.
      serializer: { getModulesRunBeforeMainModule: () => (bare ? [] : [initializer]) },
    }),
  );
  await Metro.runBuild(config, { entry, out, platform, dev: false, minify: false });
};

build().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
