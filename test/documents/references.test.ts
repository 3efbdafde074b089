/** Whatever a page points at is there: files, headings, images, npm scripts, paths of the project. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { anchorsOf, linksOf, npmCommandsOf, pathsOf } from './markdown.ts';

type Page = Readonly<{ path: string; text: string }>;

const root = join(import.meta.dirname, '../..');
const folders = [
  'bin',
  'client',
  'config',
  'config-schema',
  'cost',
  'scale',
  'console',
  'docs',
  'lambdas',
  'lib',
  'local',
  'package',
  'presets',
  'protocol',
  'reference',
  'release',
  'test',
  '.ci',
];
/** What npm does without a script, and the scripts it runs without `run`. */
const npmsOwn = ['ci', 'init', 'install', 'ls', 'pack', 'publish'];
const withoutRun = ['start', 'test'];

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const scripts = new Set(Object.keys(JSON.parse(textOf('package.json')).scripts));
const isPng = (path: string): boolean =>
  readFileSync(join(root, path)).subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));

const pages: readonly Page[] = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => ['node_modules', 'cdk.out', 'dist', '.git'].includes(posix.basename(name)),
}).map((path) => ({ path, text: textOf(path) }));

const linkProblem = (page: Page, target: string, image: boolean): string | undefined => {
  if (/^[a-z][a-z+.-]*:/.test(target)) return URL.canParse(target) ? undefined : 'is no address';
  const [file = '', anchor] = target.split('#');
  if (file === '') return anchorsOf(page.text).has(anchor ?? '') ? undefined : 'has no such heading';
  const path = posix.join(posix.dirname(page.path), decodeURI(file));
  if (path.startsWith('..') || !existsSync(join(root, path))) return 'leads nowhere';
  const isFile = statSync(join(root, path)).isFile();
  if (image && !(isFile && isPng(path))) return 'is no image';
  if (anchor === undefined) return undefined;
  if (!isFile || !path.endsWith('.md')) return 'is no page with headings';
  return anchorsOf(textOf(path)).has(anchor) ? undefined : 'has no such heading';
};

/** Made by a build, and in no checkout. */
const madeHere = ['client/dist/'];

/** A path that stands for several must stand for one at least. */
const isThere = (path: string): boolean =>
  madeHere.some((made) => path.startsWith(made)) ||
  (path.includes('*') ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path)));

const problemsOf = (page: Page): readonly string[] => [
  ...linksOf(page.text).flatMap(({ target, image }) => {
    const problem = linkProblem(page, target, image);
    return problem === undefined ? [] : [`${target} ${problem}`];
  }),
  ...npmCommandsOf(page.text)
    .filter(({ run, name }) => !(run ? scripts.has(name) : npmsOwn.includes(name) || withoutRun.includes(name)))
    .map(({ run, name }) => `npm ${run ? 'run ' : ''}${name} is no command`),
  ...pathsOf(page.text, folders)
    .filter((path) => !isThere(path))
    .map((path) => `${path} is not there`),
];

describe('what the pages point at', () => {
  test.each(pages)('is there: $path', (page) => {
    expect(problemsOf(page)).toEqual([]);
  });

  test('is found at all: pages, links to headings and files, images, commands and paths', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'PROTOCOL.md', 'client/README.md', 'docs/runbook.md']),
    );
    const links = pages.flatMap(({ text }) => linksOf(text));
    expect(links.some(({ target }) => target.startsWith('#'))).toBe(true);
    expect(links.some(({ target }) => /\.md#/.test(target))).toBe(true);
    expect(links.some(({ image }) => image)).toBe(true);
    expect(pages.some(({ text }) => npmCommandsOf(text).some(({ run }) => run))).toBe(true);
    const named = new Set(pages.flatMap(({ text }) => pathsOf(text, folders)).map((path) => path.split('/')[0]));
    expect([...named]).toEqual(expect.arrayContaining(['bin', 'client', 'docs', 'lambdas', 'lib', 'local', 'test']));
  });

  test('has no link that is overlooked', () => {
    for (const { path, text } of pages) {
      const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]+`/g, '');
      expect([path, linksOf(text).length]).toEqual([path, prose.split('](').length - 1]);
    }
  });
});

describe('a page that points at nothing is found', () => {
  const found = (text: string, path = 'docs/x.md') => problemsOf({ path, text });

  test.each([
    { why: 'a file', text: '[a](nowhere.md)', problem: 'nowhere.md leads nowhere' },
    { why: 'a file beside the project', text: '[a](../../package.json)', problem: '../../package.json leads nowhere' },
    { why: 'by reference', text: 'see [a]\n\n[a]: nowhere.md', problem: 'nowhere.md leads nowhere' },
    { why: 'with code for its text', text: '[`a`](nowhere.md)', problem: 'nowhere.md leads nowhere' },
    { why: 'over two lines', text: '[a\nb](nowhere.md)', problem: 'nowhere.md leads nowhere' },
    { why: 'a heading of its own', text: '# A\n\n[a](#b)', problem: '#b has no such heading' },
    { why: 'a heading in code', text: '```sh\n# b\n```\n\n[a](#b)', problem: '#b has no such heading' },
    { why: 'a heading elsewhere', text: '[a](limits.md#b)', problem: 'limits.md#b has no such heading' },
    { why: 'a heading of a folder', text: '[a](decisions#b)', problem: 'decisions#b is no page with headings' },
    { why: 'an image', text: '![a](console/none.png)', problem: 'console/none.png leads nowhere' },
    { why: 'an image that is a page', text: '![a](limits.md)', problem: 'limits.md is no image' },
    { why: 'no address', text: '[a](https://)', problem: 'https:// is no address' },
    { why: 'a script', text: '`npm run none -- x`', problem: 'npm run none is no command' },
    { why: 'a silent script', text: '```sh\nnpm run -s none\n```', problem: 'npm run none is no command' },
    { why: 'a script without run', text: '`npm check`', problem: 'npm check is no command' },
    { why: 'a path', text: '`lib/none.ts`', problem: 'lib/none.ts is not there' },
    { why: 'a path in a command', text: '`npm test -- test/none`', problem: 'test/none is not there' },
    { why: 'a path in a block', text: '```sh\nnode bin/none.ts\n```', problem: 'bin/none.ts is not there' },
    { why: 'paths', text: '`lambdas/*.none.ts`', problem: 'lambdas/*.none.ts is not there' },
  ])('$why', ({ text, problem }) => {
    expect(found(text)).toEqual([problem]);
  });

  test.each([
    { why: 'a file, a folder, a heading', text: '[a](limits.md) [b](decisions) [c](../README.md#deploy)' },
    { why: 'a heading said twice', text: '# A\n\n# A\n\n[a](#a-1)' },
    { why: 'a heading with signs and code', text: '## What `a_b`, (c) says: "d"\n\n[a](#what-a_b-c-says-d)' },
    { why: 'an image', text: '![a](console/light.png)' },
    { why: 'an address', text: '[a](https://example.com/#b)' },
    { why: 'code that looks like a link', text: '`[a](nowhere.md)`' },
    { why: 'prose about npm', text: 'You need Node with npm run by somebody.' },
    { why: 'npm itself', text: '`npm ci && npm test`' },
    { why: 'a path to be filled in', text: '`config/<stage>.json` `docs/…`' },
    { why: 'a path in the middle of another', text: '`cdk.out/lib/none.js`' },
  ])('and one that points at something is not: $why', ({ text }) => {
    expect(found(text)).toEqual([]);
  });
});
