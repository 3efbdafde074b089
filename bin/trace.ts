import { existsSync, globSync, readFileSync } from 'node:fs';
import type { SourceMap } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { transports } from '../config-schema/stage-config.ts';
import { buildsIn, type FindMap, mapsFolder, mapsIn, readMap, resolvedLine } from '../local/traces.ts';
import { appFolder } from './app-folder.ts';
import { called, isPackaged } from './called.ts';
import { NotFoundError, readArguments, run, UsageError } from './command.ts';

const help = `Stack traces of the functions, with the places in the sources.

  ${called('trace [FILE]')}

  FILE          text, or lines of a log, with traces in it; without it, standard input
  --maps DIR    where the maps of the build lie, before all other places; may be said several times

  A trace says which build it is of (maitred-connect-0f3a5c7e9b1d.mjs), and is read with the map of that build and no other. Looked at
  are cdk.out of this app, the assemblies of its local gateways, the package where it is installed, and what a checkout of the gateway
  builds. A build of which no map is found is named, and its lines stay as they are.
`;

const projectDir = join(import.meta.dirname, '..');

/** The maps of the package, this one or the one that an app has, which lie beside the code that they are of. */
const packagedMaps = (folder: string): FindMap => {
  const functions = isPackaged ? join(projectDir, 'functions') : join(folder, 'node_modules/maitred/functions');
  const files = globSync('*/*/index.mjs.map', { cwd: functions }).map((file) => join(functions, file));
  return (buildName) => {
    for (const file of files) {
      const map = readMap(readFileSync(file, 'utf8'), buildName);
      if (map !== undefined) return map;
    }
    return undefined;
  };
};

/** What a checkout builds now: where that has the name in a trace, the trace is of these very sources. */
const builtMaps = async (): Promise<FindMap> => {
  const { bundle } = await import('../lib/build-functions.ts');
  const builds = transports.flatMap((transport) => [...bundle(projectDir, transport).values()]);
  return (buildName) => {
    const build = builds.find(({ name }) => name === buildName);
    return build && readMap(build.map, buildName);
  };
};

await run(async () => {
  const { values, positionals } = readArguments(help, { maps: { type: 'string', multiple: true } });
  const [file, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (file !== undefined && !existsSync(file)) throw new NotFoundError(`${file} is not there`);
  const written = file === undefined ? await text(process.stdin) : readFileSync(file, 'utf8');

  const folder = values.maps === undefined ? appFolder() : process.cwd();
  const assemblies = globSync(`.maitred/assemblies/*/${mapsFolder}`, { cwd: folder });
  const kept = [join('cdk.out', mapsFolder), ...assemblies].map((dir) => join(folder, dir));
  const found = new Map<string, SourceMap | undefined>();
  const look = (find: FindMap): void => {
    for (const build of buildsIn(written)) found.set(build, found.get(build) ?? find(build));
  };
  look(mapsIn([...(values.maps ?? []), ...kept]));
  look(packagedMaps(folder));
  // Last, since it takes a second.
  if (!isPackaged && [...found.values()].includes(undefined)) look(await builtMaps());
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
