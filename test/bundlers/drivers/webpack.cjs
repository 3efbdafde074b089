/** `node webpack.cjs ENTRY OUT`, in a project that has webpack. */
const { createRequire } = require('node:module');
const [entry, path] = process.argv.slice(2);
const webpack = createRequire(`${process.cwd()}/package.json`)('webpack');

// How large a page may get is not what is tried.
webpack(
  { mode: 'production', performance: { hints: false }, entry, output: { path, filename: 'page.js' } },
  (error, stats) => {
    const problem = error ?? (stats.hasErrors() || stats.hasWarnings() ? stats.toString() : undefined);
    if (problem === undefined) return;
    console.error(problem);
    process.exitCode = 1;
  },
);
