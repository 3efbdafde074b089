import { existsSync, globSync, readFileSync } from 'node:fs';
import type { SourceMap } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { transports } from '../config-schema/stage-config.ts';
import { keptMaps } from '../lib/build-name.ts';
import { buildsIn, type FindMap, mapsIn, readMap, resolvedLine } from '../local/traces.ts';
import { called, isPackaged, NotFoundError, readArguments, run, UsageError } from './command.ts';

const help = `Stack traces of the functions, with the places in the sources.

  ${called('trace [FILE]')}

  FILE          text, or lines of a log, with traces in it; without it, standard input
  --maps DIR    where the maps of the build lie, before all other places; may be said several times

  A trace says which build it is of (maitred-connect-0f3a5c7e9b1d.mjs), and is read with the map of that build and no other. Looked at
  are cdk.out of this folder, the assemblies of local gateways, ${isPackaged ? 'and this package' : 'the package maitred where one is installed here, and what this checkout\n  builds now'}. A build of which no map is found is named, and its lines stay as they are.
`;

const projectDir = join(import.meta.dirname, '..');

/** The functions of the package: this one, or one that is installed here. */
const packaged = isPackaged ? join(projectDir, 'functions') : 'node_modules/maitred/functions';

/** The maps of the package, which lie beside the code that they are of. */
const packagedMaps = (): FindMap => {
  const files = globSync(join(packaged, '*', '*', 'index.mjs.map'));
  return (buildName) => {
    for (const file of files) {
      const map = readMap(readFileSync(file, 'utf8'), buildName);
      if (map !== undefined) return map;
    }
    return undefined;
  };
};

/** What is built now: where it says the name of a trace, that trace is of these very sources. */
const builtMaps = async (): Promise<FindMap> => {
  const { bundle } = await import('../lib/bundle.ts');
  const maps = new Map(
    transports.flatMap((transport) =>
      [...bundle(projectDir, transport).values()].map(({ name, map }) => [name, map] as const),
    ),
  );
  return (buildName) => {
    const map = maps.get(buildName);
    return map === undefined ? undefined : readMap(map, buildName);
  };
};

await run(async () => {
  const { values, positionals } = readArguments(help, { maps: { type: 'string', multiple: true } });
  const [file, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (file !== undefined && !existsSync(file)) throw new NotFoundError(`${file} is not there`);
  const written = file === undefined ? await text(process.stdin) : readFileSync(file, 'utf8');

  const kept = [join('cdk.out', keptMaps), ...globSync(`.maitred/assemblies/*/${keptMaps}`)];
  const places = [mapsIn([...(values.maps ?? []), ...kept]), packagedMaps()];
  let built: FindMap | undefined;
  const found = new Map<string, SourceMap | undefined>();
  for (const build of buildsIn(written)) {
    let map: SourceMap | undefined;
    for (const find of places) map ??= find(build);
    if (map === undefined && !isPackaged) {
      built ??= await builtMaps();
      map = built(build);
    }
    found.set(build, map);
  }
  const lines = written.replace(/\n$/, '').split('\n');
  console.log(lines.map((line) => resolvedLine(line, (build) => found.get(build))).join('\n'));

  const missing = [...found].flatMap(([build, map]) => (map === undefined ? [build] : []));
  if (missing.length > 0)
    throw new NotFoundError(
      `there is no map of ${missing.join(', ')}: say --maps with the folder maps of the cdk.out that was deployed, or check out the release that was`,
    );
  if (/(?<![\w-])index\.mjs:\d+:\d+/.test(written))
    throw new NotFoundError('a trace that says index.mjs is of a release before builds had names: use that release');
});
