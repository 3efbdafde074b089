/** What may be in a packed file, and what must. */
import { isAbsolute, posix } from 'node:path';

/** A file of a package, by its path in it. */
export type PackedFile = Readonly<{ path: string; text: string }>;

export type PackageKind = Readonly<{
  name: string;
  /** Every file is one of these, by its path or by a form. */
  allowed: readonly (string | RegExp)[];
  /** Beside what its manifest points at. */
  required: readonly string[];
}>;

const always = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];

export const constructs: PackageKind = {
  name: 'maitred',
  allowed: [
    ...always,
    'THIRD-PARTY-LICENSES',
    'docs/runbook.md',
    'index.js',
    /^types\/(?:lib|config-schema|lambdas)\/[\w-]+\.d\.ts$/,
    // Stack traces of a function name its sources by the map beside it.
    /^functions\/(?:sdk|thin)\/[\w-]+\/index\.mjs(?:\.map)?$/,
    // The commands and what they share, the pages of the console, and the local gateway's tables as machine code.
    /^commands\/[\w-]+\.mjs$/,
    /^commands\/console\/(?:index\.html|console\.(?:js|css))$/,
    /^commands\/prebuilds\/[\w+-]+\/[\w.-]+\.node$/,
  ],
  required: [...always, 'THIRD-PARTY-LICENSES', 'docs/runbook.md'],
};

export const client: PackageKind = {
  name: '@maitred/client',
  allowed: [
    ...always,
    /^dist\/(?:cjs|esm)\/(?:index|react|storage)\.js$/,
    /^dist\/(?:cjs|esm)\/package\.json$/,
    /^dist\/(?:cjs|esm)\/types\/(?:client\/src|protocol|presets\/restaurant)\/[\w-]+\.d\.ts$/,
    // For what knows no `exports`.
    /^(?:react|storage)\/package\.json$/,
  ],
  required: always,
};

type Exports = string | Readonly<{ [condition: string]: Exports }>;
type Manifest = Readonly<{
  name?: string;
  version?: string;
  private?: boolean;
  license?: string;
  scripts?: Readonly<Record<string, string>>;
  main?: string;
  module?: string;
  types?: string;
  bin?: string | Readonly<Record<string, string>>;
  exports?: Exports;
  dependencies?: Readonly<Record<string, string>>;
}>;

/**
 * What is wrong with a package, a sentence each.
 * @param version what its manifest has to say
 * @param here what only this machine knows, such as the checkout's folder: it is in no file
 */
export const contentProblems = (
  { name, allowed, required }: PackageKind,
  files: readonly PackedFile[],
  version: string,
  here: readonly string[],
): readonly string[] => {
  const paths = new Set(files.map(({ path }) => path));
  const manifest: Manifest = JSON.parse(files.find(({ path }) => path === 'package.json')?.text ?? '{}');
  const pointedAt = targetsOf(manifest);
  return [
    ...files
      .filter(({ path }) => !allowed.some((form) => (typeof form === 'string' ? form === path : form.test(path))))
      .map(({ path }) => `${path} is nothing that the package has`),
    ...required.filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
    ...pointedAt.filter((path) => !paths.has(path)).map((path) => `the manifest points at ${path}, which is missing`),
    ...manifestProblems(manifest, { name, version }),
    ...files
      .filter(({ path, text }) => binsOf(manifest).includes(path) && !text.startsWith('#!'))
      .map(({ path }) => `${path} is a command that does not say what runs it`),
    ...files.flatMap((file) =>
      here.filter((told) => file.text.includes(told)).map((told) => `${file.path} has ${told}`),
    ),
    ...files.filter(({ path }) => path.endsWith('.map')).flatMap(mapProblems),
  ].map((problem) => `${name}: ${problem}`);
};

const manifestProblems = (
  manifest: Manifest,
  { name, version }: Readonly<{ name: string; version: string }>,
): readonly string[] => {
  const { scripts, dependencies = {} } = manifest;
  const local = Object.entries(dependencies).filter(([, range]) => /[:/]/.test(range));
  return [
    ...(manifest.name === name ? [] : [`its name is ${manifest.name}`]),
    ...(manifest.version === version ? [] : [`its version is ${manifest.version}, not ${version}`]),
    ...(manifest.private === true ? ['it is private'] : []),
    ...(manifest.license === undefined ? ['it names no licence'] : []),
    // Among them would be those that npm runs at whoever installs it.
    ...(scripts === undefined ? [] : [`it has scripts: ${Object.keys(scripts).join(', ')}`]),
    ...(manifest.exports === undefined ? ['it exports nothing'] : exportProblems(manifest.exports)),
    ...local.map(([dependency, range]) => `it depends on ${dependency} from ${range}`),
  ];
};

/** An entry of code has its types beside it, under the same conditions and before the code. */
const exportProblems = (exports: Exports, entry = '.'): readonly string[] => {
  if (typeof exports === 'string') return exports.endsWith('.json') ? [] : [`its entry ${entry} has no types`];
  const [first] = Object.keys(exports);
  if (first === 'types') return [];
  return Object.entries(exports)
    .filter(([key]) => key !== 'types')
    .flatMap(([key, value]) => exportProblems(value, key.startsWith('.') ? key : entry));
};

/** Every file that the manifest names. */
const targetsOf = (manifest: Manifest): readonly string[] => {
  const { main, module, types, exports = {} } = manifest;
  const named = [main, module, types].filter((path) => path !== undefined);
  return [...[...named, ...leavesOf(exports)].map((path) => posix.normalize(path)), ...binsOf(manifest)];
};

const binsOf = ({ bin = {} }: Manifest): readonly string[] => leavesOf(bin).map((path) => posix.normalize(path));

const leavesOf = (value: Exports): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(value).flatMap(leavesOf);

/** A map names the sources of the project and of packages, and carries none of them. */
const mapProblems = ({ path, text }: PackedFile): readonly string[] => {
  const { sources, sourcesContent }: { sources: readonly string[]; sourcesContent?: unknown } = JSON.parse(text);
  const strange = sources.filter(
    (source) => isAbsolute(source) || /^[a-z]+:/.test(source) || /^(?:\.\.\/)*test\//.test(source),
  );
  return [
    ...strange.map((source) => `${path} names the source ${source}`),
    ...(sourcesContent === undefined ? [] : [`${path} carries its sources`]),
  ];
};
