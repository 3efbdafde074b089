/**
 * `npm run release`: makes both packages ready to be published, and publishes nothing. Who may do that, and from where, is no matter
 * of this project's code.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { FailedError, readArguments, RefusedError, run, UsageError } from '../bin/command.ts';
import { client, constructs, contentProblems } from './contents.ts';
import { type Packed, packFolder } from './packing.ts';
import { isVersion, refusalOf, type Standing } from './refusals.ts';
import { undoable, type Writing } from './undoable.ts';
import { manifests, packedName, versionFiles, withVersion } from './version-files.ts';

const help = `Makes both packages ready to be published. It publishes nothing.

  npm run release -- VERSION [--to DIRECTORY]
  npm run release -- --check [--to DIRECTORY]

  VERSION   writes it into both manifests, the lockfile and the pages, builds and packs both, and checks what is in them.
            It is newer than the one before, and has its heading in CHANGELOG.md; nothing is uncommitted
  --check   builds, packs and checks both as they are, and changes no file of the project
  --to      where the packed files go (default: packed)
`;

const projectDir = join(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(join(projectDir, path), 'utf8');
const versionOf = (manifest: string): string => JSON.parse(textOf(manifest)).version;

const git = (...args: readonly string[]): readonly string[] =>
  execFileSync('git', args, { cwd: projectDir, encoding: 'utf8' }).split('\n').filter(Boolean);
const node = (...args: readonly string[]): void => {
  execFileSync(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'ignore', 'inherit'] });
};

const standing = (): Standing => ({
  uncommitted: git('status', '--porcelain').map((line) => line.slice(3)),
  versions: Object.fromEntries(manifests.map((manifest) => [manifest, versionOf(manifest)])),
  tags: git('tag', '--list'),
  changelog: textOf('CHANGELOG.md'),
});

const setVersion = ({ write, change }: Writing, current: string, next: string): void => {
  const pages = git('grep', '--files-with-matches', '--fixed-strings', '-e', packedName(current), '--', ':!test');
  for (const path of versionFiles) write(path, withVersion(textOf(path), next));
  for (const path of pages) write(path, textOf(path).replaceAll(packedName(current), packedName(next)));
  change('docs/asyncapi.json', () => node('bin/asyncapi.ts'));
};

/** Both packages, packed into a folder. Throws `FailedError` where one is not as it must be. */
const pack = (version: string, target: string): readonly Packed[] => {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'maitred-release-')));
  try {
    const folders = { client: join(made, 'client'), constructs: join(made, 'constructs') };
    for (const path of ['package.json', 'README.md', 'LICENSE', 'react', 'storage', '../CHANGELOG.md'])
      cpSync(join(projectDir, 'client', path), join(folders.client, basename(path)), { recursive: true });
    node('client/build.ts', join(folders.client, 'dist'));
    node('package/build.ts', folders.constructs);
    const packed = [
      { kind: client, ...packFolder(folders.client, target, made) },
      { kind: constructs, ...packFolder(folders.constructs, target, made) },
    ];
    const here = [projectDir, realpathSync(projectDir), made, `${homedir()}/`, hostname()];
    // A short name is in every text.
    const told = [...new Set(here)].filter((word) => word.length > 5);
    const problems = packed.flatMap(({ kind, files }) => contentProblems(kind, files, version, told));
    if (problems.length > 0) throw new FailedError(problems.join('; '));
    return packed;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
};

const toldOf = ({ path, files, integrity }: Packed): string =>
  `${relative('', path)}  ${files.length} files  ${integrity}\n`;

const whatIsLeft = (version: string, packed: readonly Packed[]): string => `
Nothing is published. What is left is for a person, once .ci/run is green on the commit:

  git commit --all --message "Release ${version}"
  git tag --sign v${version} && git push origin main v${version}

and, in a job of CI at that tag that may ask for an identity token (provenance is proven by one):

${packed.map(({ path }) => `  npm publish ${relative('', path)} --provenance --access public\n`).join('')}
npm takes provenance of a package whose manifest names the \`repository\` that the job is of: package/manifest.ts, client/package.json.
Then a folder of its own beside test/baseline/v0.1.0, as test/baseline/README.md says, and "## Unreleased" in CHANGELOG.md anew.
`;

await run(async () => {
  const { positionals, values } = readArguments(help, { check: { type: 'boolean' }, to: { type: 'string' } });
  const [next, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is not understood; see --help`);
  if ((next === undefined) === (values.check !== true)) throw new UsageError('one of VERSION and --check; see --help');
  const target = resolve(values.to ?? join(projectDir, 'packed'));
  if (next === undefined) {
    const packed = pack(versionOf('package.json'), target);
    process.stdout.write(packed.map(toldOf).join(''));
    return;
  }
  if (!isVersion(next)) throw new UsageError(`VERSION is three numbers, such as 1.2.0; got ${next}`);
  const refusal = refusalOf(next, standing());
  if (refusal !== undefined) throw new RefusedError(refusal);
  await undoable(projectDir, (files) => {
    setVersion(files, versionOf('package.json'), next);
    const packed = pack(next, target);
    process.stdout.write(packed.map(toldOf).join('') + whatIsLeft(next, packed));
  });
});
