// Packages that take a second to load, and keep nothing of a test: Node itself loads them, once for all files of a worker, and not jest for each.
import { createHash } from 'node:crypto';

// biome-ignore lint/style/noDefaultExport: jest takes no other
export default {
  process: (_source, path) => ({ code: `module.exports = globalThis.nativeRequire(${JSON.stringify(path)});` }),
  getCacheKey: (_source, path) => createHash('sha256').update(`1 ${path}`).digest('hex'),
};
