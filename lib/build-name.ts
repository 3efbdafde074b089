/**
 * Which build a bundle is. V8 calls a script by its `sourceURL` wherever it names it, so each line of a stack trace says its entry and
 * its build, and nobody reads it with the map of another.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** `maitred-authenticate-0f3a5c7e9b1d.mjs`, as text to search for. */
const buildNamePattern = String.raw`maitred-[a-z-]+-[0-9a-f]{12}\.mjs`;

/** A bundle that says which build it is, and its map, which says the same. */
export type NamedBuild = Readonly<{ name: string; code: Buffer; map: string }>;

/** The name is made of the code: the same code is the same build, wherever it was made. */
const namedBuild = (entry: string, code: Uint8Array, map: string): NamedBuild => {
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 12);
  const name = `maitred-${entry}-${digest}.mjs`;
  return {
    name,
    code: Buffer.concat([code, Buffer.from(`//# sourceURL=${name}\n`)]),
    map: JSON.stringify({ ...JSON.parse(map), file: name }),
  };
};

/** The builds of what the bundler wrote: `<entry>/index.mjs`, each with its map. */
export const namedBuilds = (
  outputFiles: readonly Readonly<{ path: string; contents: Uint8Array; text: string }>[],
): ReadonlyMap<string, NamedBuild> =>
  new Map(
    outputFiles
      .filter(({ path }) => path.endsWith('.mjs'))
      .map(({ path, contents }) => {
        const entry = basename(dirname(path));
        const map = outputFiles.find((file) => file.path === `${path}.map`)?.text ?? '{}';
        return [entry, namedBuild(entry, contents, map)] as const;
      }),
  );

/** Which build a bundle says it is. */
export const buildNameIn = (code: Buffer): string | undefined =>
  new RegExp(String.raw`//# sourceURL=(${buildNamePattern})\s*$`).exec(code.subarray(-200).toString())?.[1];

/** The folder in which an assembly keeps the maps of its functions' code, each under the name of its build. */
export const keptMaps = 'maps';

/** @param outputDir where the CDK has an asset made, which is a folder of the assembly: what lies beside it is not deployed */
export const keepMap = (outputDir: string, buildName: string, map: string | Buffer): void => {
  const folder = join(dirname(outputDir), keptMaps);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${buildName}.map`), map);
};
