/** The licences of what is bundled, as they ask for: each package's own text, once. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import * as v from 'valibot';

const typed = v.object({ type: v.string() });
const manifest = v.object({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.union([v.string(), typed])),
  licenses: v.optional(v.array(typed), []),
});

/** The texts of those packages that come without one, as files of this project. */
const elsewhere = new Map([
  ...['batch', 'commons'].map((name) => [`@aws-lambda-powertools/${name}`, 'package/licences/mit-0.txt'] as const),
  ...['credential-provider-http', 'credential-provider-login', 'nested-clients'].map(
    (name) => [`@aws-sdk/${name}`, 'node_modules/@aws-sdk/core/LICENSE'] as const,
  ),
  ['lazy', 'package/licences/lazy.txt'],
]);

/**
 * Throws where a package has no text that is known, or does not say its licence.
 *
 * @param metafiles what the bundler says that it read
 */
export const noticesOf = (projectDir: string, metafiles: readonly Metafile[]): string => {
  const packages = new Set(
    metafiles
      .flatMap(({ inputs }) => Object.keys(inputs))
      .flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return [...packages]
    .sort()
    .map((folder) => noticeOf(projectDir, join(projectDir, folder)))
    .join(`\n\n${'-'.repeat(80)}\n\n`);
};

const noticeOf = (projectDir: string, folder: string): string => {
  const { name, version, license, licenses } = v.parse(
    manifest,
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const all = license === undefined ? licenses : [license];
  const kind = all.map((one) => (typeof one === 'string' ? one : one.type)).join(' OR ');
  const other = elsewhere.get(name);
  const found = textFiles(folder);
  const files = found.length === 0 && other !== undefined ? [join(projectDir, other)] : found;
  if (files.length === 0 || kind === '')
    throw new Error(`${name} ${version} comes without its licence; package/notices.ts says where such texts are`);
  return [`${name} ${version} (${kind})`, ...files.map((file) => readFileSync(file, 'utf8').trim())].join('\n\n');
};

/** Of what is compiled into a package's binaries there are licences below it. */
const textFiles = (folder: string): readonly string[] =>
  globSync(['*', 'deps/**/*'], { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
