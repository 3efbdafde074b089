/** `node vite.mjs ROOT OUT`, in a project that has Vite. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [root, outDir] = process.argv.slice(2);
const { resolve } = createRequire(`${process.cwd()}/package.json`);
const { build } = await import(pathToFileURL(resolve('vite')).href);
await build({ root, configFile: false, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
