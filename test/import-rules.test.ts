/** Who may import what. The rules are a table, checked on the sources as they are and on sources that break them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

type Source = Readonly<{ path: string; text: string }>;
type Import = Readonly<{ from: string; typeOnly: boolean }>;
type Rule = Readonly<{
  name: string;
  /** What must hold, for whoever reads the failure. */
  rule: string;
  applies: (path: string) => boolean;
  /** Whether the import is one that these files may have. */
  imports?: (one: Import) => boolean;
  /** Code that these files may not contain, outside comments and strings. */
  neverSays?: RegExp;
}>;

const root = join(import.meta.dirname, '..');
const startsWithAny =
  (...prefixes: readonly string[]) =>
  (path: string): boolean =>
    prefixes.some((prefix) => path.startsWith(prefix));

const isPure = startsWithAny(
  'protocol/',
  'config-schema/',
  'lambdas/connection/',
  'lambdas/access/',
  'lambdas/events/',
  'lambdas/memory/',
  'lambdas/presence/',
  'lambdas/call-policy/',
  'cost/',
);
const isDeployed = startsWithAny('protocol/', 'config-schema/', 'lambdas/');
const isOutermost = (path: string) => /^lambdas\/(wiring\/[\w-]+|[\w-]+\.lambda)\.ts$/.test(path);
const mayUseAws = (path: string) =>
  /^lambdas\/(dynamodb\/|apigateway\/|sqs\/|eventbridge\/|wiring\/|function-credentials\.ts$)/.test(path) ||
  // It stands in for the SDK.
  path.startsWith('transport/') ||
  // The commands reach the tables of a deployed stage.
  path === 'bin/target.ts' ||
  // A backend of somebody else's.
  path.startsWith('examples/') ||
  path.startsWith('test/');
const mayUseCdk = (path: string) =>
  // Somebody else's CDK apps are among the examples.
  startsWithAny('lib/', 'examples/', 'test/')(path) || path === 'bin/app.ts' || path === 'bin/synth.ts';
/** What makes the AsyncAPI document and what tests it: the schemas of the whole wire are for them. */
const isAboutTheDocument = startsWithAny('protocol/schemas/', 'bin/asyncapi/', 'bin/asyncapi.ts', 'test/');
const isPackage = (from: string) =>
  !/^(protocol|config-schema|presets|lambdas|transport|lib|local|client|console|cost|scale|bin|examples|test)\//.test(
    from,
  );
/** Where the client meets its platform. The rest of it is told the time and lets others act. */
const isClientShell = (path: string) => /^client\/src\/(connect|platform)\.ts$/.test(path);
/** What is built into the package's entry `react`. */
const isClientInReact = (path: string) => /^client\/src\/react(-[\w-]+)?\.ts$/.test(path);

const theWorld =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\b(process|performance|crypto|globalThis|console)\b|\bfetch\(|\bset(Timeout|Interval|Immediate)\b/;

const rules: readonly Rule[] = [
  {
    name: 'protocol alone',
    rule: 'protocol imports nothing but protocol and valibot',
    applies: startsWithAny('protocol/'),
    imports: ({ from }) => from.startsWith('protocol/') || from === 'valibot',
  },
  {
    name: 'cost alone',
    rule: 'the model of a month imports nothing: whoever has numbers runs it',
    applies: startsWithAny('cost/'),
    imports: ({ from }) => from.startsWith('cost/'),
    neverSays: theWorld,
  },
  {
    name: 'scale alone',
    rule: "quotas and storms know themselves, the fleet of the cost model, the budgets and the SDK's state machine, which is pure",
    applies: startsWithAny('scale/'),
    imports: ({ from }) =>
      startsWithAny('scale/', 'cost/')(from) ||
      from === 'config-schema/rate-limits.ts' ||
      (from.startsWith('client/src/') && !isClientShell(from) && !isClientInReact(from)),
    neverSays: theWorld,
  },
  {
    name: 'configuration alone',
    rule: 'the schema of the configuration imports nothing but itself, the protocol, presets and valibot: the CDK app and the functions run the same',
    applies: startsWithAny('config-schema/'),
    imports: ({ from }) => startsWithAny('config-schema/', 'protocol/', 'presets/')(from) || from === 'valibot',
  },
  {
    name: 'presets at synthesis',
    rule: "a preset is read where a stage is: the functions have their own domain in their file, and no other in their code; its types are the SDK's",
    applies: (path) => path !== 'config-schema/stage-domain.ts' && !path.startsWith('test/'),
    imports: ({ from, typeOnly }) => !from.startsWith('presets/') || (typeOnly && from.endsWith('/types.ts')),
  },
  {
    name: 'the stage at synthesis',
    rule: 'functions import of the configuration what they read, and not what reads a whole stage with its preset',
    applies: startsWithAny('lambdas/'),
    imports: ({ from, typeOnly }) =>
      typeOnly || !/^config-schema\/(stage-config|stage-domain|domain-rules)\.ts$/.test(from),
  },
  {
    name: 'pure runs pure',
    rule: 'a pure folder runs pure code only; of other folders it knows types',
    applies: isPure,
    imports: ({ from, typeOnly }) =>
      isPure(from) || from.startsWith('presets/') || from === 'valibot' || (typeOnly && from.startsWith('lambdas/')),
  },
  {
    name: 'pure of the world',
    rule: 'a pure folder has no clock, no chance, no environment and no world',
    applies: isPure,
    neverSays: theWorld,
  },
  {
    name: 'world at the edge',
    rule: 'deployed code reads clock, chance, environment and files where it is put together, nowhere else',
    applies: (path) => isDeployed(path) && !isOutermost(path),
    imports: ({ from }) => !/^(node:)?fs(\/|$)/.test(from),
    neverSays: /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.env\b/,
  },
  {
    name: 'deployed alone',
    rule: 'deployed code imports deployed code and packages',
    applies: isDeployed,
    imports: ({ from }) => isDeployed(from) || from.startsWith('presets/') || isPackage(from),
  },
  {
    name: 'routes apart',
    rule: 'no route imports another route: what two of them need stands outside, and only an entry imports a route',
    applies: (path) => path.startsWith('lambdas/') && !/^lambdas\/[\w-]+\.lambda\.ts$/.test(path),
    imports: ({ from }) => !from.startsWith('lambdas/routes/'),
  },
  {
    name: 'AWS at its place',
    rule: 'the AWS SDK is imported where AWS is called',
    applies: (path) => !mayUseAws(path),
    imports: ({ from }) => !from.startsWith('@aws-sdk/') && !from.startsWith('@smithy/'),
  },
  {
    name: 'batches at one place',
    rule: 'a table answers a batch with less than it was asked, without an error: one function asks again for the rest, and nobody else asks for batches',
    applies: (path) => path.startsWith('lambdas/') && path !== 'lambdas/dynamodb/table.ts',
    neverSays: /\bBatch(Get|Write)(Item)?Command\b/,
  },
  {
    name: 'schemas for the document',
    rule: 'the schemas of the whole wire, and what converts and checks them, are for the AsyncAPI document: nothing deployed or shipped carries them',
    applies: (path) => !isAboutTheDocument(path),
    imports: ({ from }) => !/^(protocol\/schemas|bin\/asyncapi|@asyncapi|@valibot)\//.test(from),
  },
  {
    name: 'CDK at its place',
    rule: 'the CDK is imported in lib and by the CDK app',
    applies: (path) => !mayUseCdk(path),
    imports: ({ from }) => !/^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/.test(from),
  },
  {
    name: 'transport alone',
    rule: 'the thin transport imports itself, Node and the package that signs, and of the SDK types alone: it is there to leave the rest out',
    applies: startsWithAny('transport/'),
    imports: ({ from, typeOnly }) =>
      /^(transport\/|node:|@smithy\/signature-v4$)/.test(from) || (typeOnly && from.startsWith('@aws-sdk/')),
  },
  {
    name: 'transport behind its names',
    rule: 'the functions are written against the SDK, and the bundler puts the thin transport in its place: nothing but it and tests imports it',
    applies: (path) => !startsWithAny('transport/', 'test/')(path),
    imports: ({ from }) => !from.startsWith('transport/'),
  },
  {
    name: 'lib apart',
    rule: 'lib runs nothing of the functions but the names of their environment, the catalogue of security events and the parts that fail, which are data; what both read has a folder of its own',
    applies: startsWithAny('lib/'),
    imports: ({ from, typeOnly }) =>
      startsWithAny('lib/', 'config-schema/')(from) ||
      isPackage(from) ||
      ['lambdas/env.ts', 'lambdas/security/catalogue.ts', 'lambdas/security/failed-parts.ts'].includes(from) ||
      (typeOnly && from.startsWith('lambdas/')),
  },
  {
    name: 'local apart',
    rule: 'the local gateway knows the template, not the functions',
    applies: startsWithAny('local/'),
    imports: ({ from }) => startsWithAny('local/', 'protocol/')(from) || isPackage(from),
  },
  {
    name: 'client alone',
    rule: 'the client imports itself, what of protocol is plain values and the types of its preset: it runs without packages, on any platform',
    applies: (path) => path.startsWith('client/src/') && !isClientInReact(path),
    imports: ({ from, typeOnly }) =>
      /^(client\/src\/(?!react)[\w-]+|protocol\/identifiers)\.ts$/.test(from) ||
      (typeOnly && from === 'presets/restaurant/types.ts'),
  },
  {
    name: 'client in React',
    rule: 'React is for the entry that is about it, which knows the client as an application does',
    applies: isClientInReact,
    imports: ({ from }) => from === 'react' || /^client\/src\/[\w-]+\.ts$/.test(from),
  },
  {
    name: 'client of no platform',
    rule: 'the client knows its platform by injection and in its shell alone',
    applies: (path) => path.startsWith('client/src/') && !isClientShell(path),
    neverSays:
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\b(process|performance|crypto|globalThis|console|window|document|navigator)\b(?!:)|\bfetch\(|(?<!\.)\bset(Timeout|Interval|Immediate)\(/,
  },
  {
    name: 'client on Hermes',
    rule: 'the client uses no built-in newer than the Hermes of React Native 0.70 has',
    applies: (path) => /^(client\/src\/[\w-]+|protocol\/identifiers)\.ts$/.test(path),
    neverSays:
      /\.(at|with|toSorted|toReversed|toSpliced|isWellFormed|toWellFormed|intersection|union|difference)\(|\bObject\.groupBy\b|\bMap\.groupBy\b|\b(structuredClone|WeakRef|TextEncoder|TextDecoder|FinalizationRegistry|atob|btoa|AbortSignal|queueMicrotask|URL|URLSearchParams)\b|\bPromise\.(any|withResolvers|try)\b|\bArray\.fromAsync\b|\(\?<[=!]/,
  },
  {
    name: 'console in a browser',
    rule: 'the console is a page: it imports itself, the client, the names of the protocol and what a command calls itself',
    applies: startsWithAny('console/'),
    imports: ({ from }) =>
      from.startsWith('console/') || ['client/src/index.ts', 'protocol/identifiers.ts', 'bin/called.ts'].includes(from),
  },
  ...globSync('examples/*/', { cwd: root })
    .map((path) => `${path}/`)
    .filter((folder) => globSync(`${folder}{*,src/*}.ts`, { cwd: root }).length > 0)
    .map((folder) => ({
      name: 'examples alone',
      rule: 'an example is a folder to copy: it imports packages and itself',
      applies: startsWithAny(folder),
      imports: ({ from }: Import) => isPackage(from) || from.startsWith(folder),
    })),
  {
    name: 'casts on purpose',
    rule: 'nothing is cast to whatever fits; what a test passes although the types forbid it goes through test/forbidden.ts',
    applies: (path) => path !== 'test/forbidden.ts' && path !== 'client/src/platform.ts',
    neverSays: /\bas (?:never|any|unknown as)\b/,
  },
  {
    name: 'tests outside',
    rule: 'nothing but tests imports tests',
    applies: (path) => !path.startsWith('test/'),
    imports: ({ from }) => !from.startsWith('test/'),
  },
];

/** The files of each import circle, as the shortest way back to the first of them. Types count: whoever reads follows them. */
const circles = (sources: readonly Source[]): readonly string[] => {
  const paths = new Set(sources.map(({ path }) => path));
  const imported = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source)
        .map(({ from }) => from)
        .filter((from) => paths.has(from)),
    ]),
  );
  const wayBack = (start: string): readonly string[] | undefined => {
    const cameFrom = new Map<string, string>();
    const waiting = [start];
    for (const path of waiting)
      for (const next of imported.get(path) ?? []) {
        if (next === start) {
          const way = [path];
          for (let at = path; at !== start; way.unshift(at)) at = cameFrom.get(at) ?? start;
          return way;
        }
        if (cameFrom.has(next)) continue;
        cameFrom.set(next, path);
        waiting.push(next);
      }
    return undefined;
  };
  return [...paths].flatMap((path) => {
    const way = wayBack(path);
    // Told once, by its first file in the alphabet.
    return way === undefined || way.some((other) => other < path) ? [] : [[...way, path].join(' -> ')];
  });
};

const violations = (sources: readonly Source[]): readonly string[] =>
  sources.flatMap((source) => {
    const imports = importsOf(source);
    const code = codeOf(source.text);
    return rules
      .filter(({ applies }) => applies(source.path))
      .flatMap(({ name, rule, imports: mayImport, neverSays }) => [
        ...imports
          .filter((one) => mayImport !== undefined && !mayImport(one))
          .map(({ from }) => `${name}: ${source.path} imports ${from}; ${rule}`),
        ...(neverSays?.exec(code)?.slice(0, 1) ?? []).map((said) => `${name}: ${source.path} says ${said}; ${rule}`),
      ]);
  });

/** Every module a source names, as a path from the root or a package. `import { type A }` still runs the module; `import type` does not. */
const importsOf = ({ path, text }: Source): readonly Import[] => {
  const statement = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*{][^'"`;=()]*?\bfrom\s+)?(['"])([^'"\n]+)\2/gm;
  const expression = /\b(?:import|require|resolve)\(\s*(['"])([^'"\n]+)\1/g;
  const named = [
    ...[...text.matchAll(statement)].map(([, type, , from = '']) => ({ from, typeOnly: type !== undefined })),
    ...[...text.matchAll(expression)].map(([, , from = '']) => ({ from, typeOnly: false })),
  ];
  return named.map(({ from, typeOnly }) => ({ from: from.startsWith('.') ? join(path, '..', from) : from, typeOnly }));
};

/** The text without comments and plain strings. Templates stay: they hold code. */
const codeOf = (text: string): string =>
  text.replace(/`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (piece) =>
    piece.startsWith('`') ? piece : "''",
  );

describe('the import rules', () => {
  const sources = globSync(
    [
      '{bin,config-schema,console,cost,examples,lambdas,lib,local,package,protocol,reference,release,scale,test,transport}/**/*.ts',
      'client/*.ts',
      'client/src/**/*.ts',
    ],
    {
      cwd: root,
    },
  )
    .filter((path) => path !== 'test/import-rules.test.ts' && !path.includes('node_modules'))
    .map((path): Source => ({ path, text: readFileSync(join(root, path), 'utf8') }));

  test('hold in the sources', () => {
    expect(violations(sources)).toEqual([]);
  });

  test('leave no circle, not even of types', () => {
    expect(circles(sources)).toEqual([]);
  });

  test('each have sources they apply to, and imports they allow', () => {
    for (const { name, applies, imports } of rules) {
      const concerned = sources.filter(({ path }) => applies(path));
      expect([name, concerned.length > 0]).toEqual([name, true]);
      if (imports) expect([name, concerned.flatMap(importsOf).some(imports)]).toEqual([name, true]);
    }
  });

  test('see every import there is', () => {
    for (const source of sources) {
      const written = [...source.text.matchAll(/^(?:import|export|\}).* from '(?:\.*\/)*([^']+)';$/gm)].map(
        ([, from]) => from,
      );
      const seen = importsOf(source).map(({ from }) => from);
      const missed = written.filter((from = '') => !seen.some((one) => one.endsWith(from)));
      expect([source.path, missed]).toEqual([source.path, []]);
    }
  });
});

describe('a source that breaks a rule is found', () => {
  const broken = (path: string, text: string) => violations([{ path, text }]).map((one) => one.split(':')[0]);
  const named = (from: string) => `import { A } from '${from}';`;

  test.each([
    { why: 'a clock', path: 'protocol/x.ts', text: 'export const now = () => Date.now();' },
    { why: 'a clock in a template', path: 'protocol/x.ts', text: ['const a = `$', '{Date.now()}`;'].join('') },
    { why: 'a clock behind a web address', path: 'protocol/x.ts', text: "const a = 'https://x'; Date.now();" },
    { why: 'the present as a date', path: 'lambdas/connection/x.ts', text: 'const a = new Date();' },
    { why: 'chance', path: 'lambdas/access/x.ts', text: 'const a = Math.random();' },
    { why: 'the environment', path: 'lambdas/access/x.ts', text: 'const a = process.env.STAGE;' },
  ])('by its code, in a pure folder: $why', ({ path, text }) => {
    expect(broken(path, text)).toEqual(['pure of the world', 'world at the edge']);
  });

  test.each([
    { path: 'lambdas/access/x.ts', text: 'const a = crypto.randomUUID();', breaks: 'pure of the world' },
    { path: 'lambdas/access/x.ts', text: 'setTimeout(a, 1);', breaks: 'pure of the world' },
    { path: 'lambdas/routes/x.ts', text: 'const a = Date.now();', breaks: 'world at the edge' },
    { path: 'lambdas/dynamodb/x.ts', text: 'const a = process.env;', breaks: 'world at the edge' },
    { path: 'lambdas/dynamodb/x.ts', text: 'new BatchGetCommand({});', breaks: 'batches at one place' },
    { path: 'client/src/feed.ts', text: 'const a = Date.now();', breaks: 'client of no platform' },
    { path: 'test/x.test.ts', text: 'run({} as never);', breaks: 'casts on purpose' },
    { path: 'test/x.test.ts', text: 'run({} as unknown as Ports);', breaks: 'casts on purpose' },
    { path: 'client/src/session.ts', text: 'setTimeout(a, 1);', breaks: 'client of no platform' },
    { path: 'client/src/socket.ts', text: 'new globalThis.WebSocket(a);', breaks: 'client of no platform' },
    { path: 'client/src/outbox.ts', text: 'const last = all.at(-1);', breaks: 'client on Hermes' },
    { path: 'client/src/feed.ts', text: 'const b = structuredClone(a);', breaks: 'client on Hermes' },
    { path: 'protocol/identifiers.ts', text: 'const b = a.toSorted();', breaks: 'client on Hermes' },
  ])('by its code: $text in $path', ({ path, text, breaks }) => {
    expect(broken(path, text)).toEqual([breaks]);
  });

  test.each([
    { why: 'named', text: named('@aws-sdk/client-sqs') },
    { why: 'as types', text: "import type { A } from '@aws-sdk/client-sqs';" },
    { why: 'over several lines', text: "import {\n  A,\n  type B,\n} from '@aws-sdk/client-sqs';" },
    { why: 'as a whole', text: "import * as a from '@aws-sdk/client-sqs';" },
    { why: 'for its effects', text: "import '@aws-sdk/client-sqs';" },
    { why: 'to hand it on', text: "export { A } from '@aws-sdk/client-sqs';" },
    { why: 'to hand all of it on', text: "export * from '@aws-sdk/client-sqs';" },
    { why: 'later', text: "const a = await import('@aws-sdk/client-sqs');" },
    { why: 'in double quotes', text: 'import { A } from "@aws-sdk/client-sqs";' },
  ])('however it imports: $why', ({ text }) => {
    expect(broken('lambdas/routes/x.ts', text)).toEqual(['AWS at its place']);
  });

  test.each([
    { path: 'protocol/x.ts', from: '../lambdas/env.ts', breaks: ['protocol alone', 'pure runs pure'] },
    {
      path: 'config-schema/x.ts',
      from: 'node:fs',
      breaks: ['configuration alone', 'pure runs pure', 'world at the edge'],
    },
    { path: 'lambdas/identity/x.ts', from: 'node:fs/promises', breaks: ['world at the edge'] },
    {
      path: 'config-schema/x.ts',
      from: '../lib/config.ts',
      breaks: ['configuration alone', 'pure runs pure', 'deployed alone'],
    },
    { path: 'scale/x.ts', from: '../client/src/connect.ts', breaks: ['scale alone'] },
    { path: 'config-schema/x.ts', from: '../lambdas/access/membership.ts', breaks: ['configuration alone'] },
    { path: 'config-schema/x.ts', from: '../presets/restaurant/domain.json', breaks: ['presets at synthesis'] },
    { path: 'lambdas/routes/x.ts', from: '../../config-schema/stage-config.ts', breaks: ['the stage at synthesis'] },
    { path: 'protocol/x.ts', from: '../config-schema/loopback.ts', breaks: ['protocol alone'] },
    { path: 'local/x.ts', from: '../config-schema/stage-file.ts', breaks: ['local apart'] },
    { path: 'client/src/x.ts', from: '../../config-schema/loopback.ts', breaks: ['client alone'] },
    { path: 'protocol/x.ts', from: 'node:crypto', breaks: ['protocol alone', 'pure runs pure'] },
    { path: 'lambdas/access/x.ts', from: '../identity/token-rules.ts', breaks: ['pure runs pure'] },
    { path: 'lambdas/connection/x.ts', from: '@aws-sdk/client-sqs', breaks: ['pure runs pure', 'AWS at its place'] },
    { path: 'lambdas/routes/x.ts', from: './message.ts', breaks: ['routes apart'] },
    { path: 'lambdas/session/x.ts', from: '../routes/message.ts', breaks: ['routes apart'] },
    { path: 'lambdas/routes/x.ts', from: '../../lib/config.ts', breaks: ['deployed alone'] },
    { path: 'lambdas/routes/x.ts', from: '../../protocol/schemas/server.ts', breaks: ['schemas for the document'] },
    { path: 'protocol/x.ts', from: './schemas/fields.ts', breaks: ['schemas for the document'] },
    { path: 'lib/x.ts', from: '@valibot/to-json-schema', breaks: ['schemas for the document'] },
    { path: 'bin/start.ts', from: './asyncapi/document.ts', breaks: ['schemas for the document'] },
    {
      path: 'client/src/x.ts',
      from: '../../protocol/schemas/client.ts',
      breaks: ['schemas for the document', 'client alone'],
    },
    {
      path: 'console/x.ts',
      from: '../protocol/schemas/server.ts',
      breaks: ['schemas for the document', 'console in a browser'],
    },
    { path: 'lambdas/wiring/aws-ports.ts', from: 'aws-cdk-lib', breaks: ['CDK at its place'] },
    { path: 'bin/members.ts', from: 'aws-cdk-lib/aws-iam', breaks: ['CDK at its place'] },
    { path: 'bin/members.ts', from: '@aws-sdk/client-sqs', breaks: ['AWS at its place'] },
    { path: 'lib/x.ts', from: '@aws-sdk/client-sqs', breaks: ['AWS at its place'] },
    { path: 'transport/x.ts', from: '@aws-sdk/core', breaks: ['transport alone'] },
    { path: 'transport/x.ts', from: '../lambdas/env.ts', breaks: ['transport alone'] },
    { path: 'local/x.ts', from: '../transport/http.ts', breaks: ['transport behind its names', 'local apart'] },
    { path: 'lib/x.ts', from: '../lambdas/ports.ts', breaks: ['lib apart'] },
    { path: 'local/x.ts', from: '@aws-sdk/client-sqs', breaks: ['AWS at its place'] },
    { path: 'local/x.ts', from: 'constructs', breaks: ['CDK at its place'] },
    { path: 'local/x.ts', from: '../lambdas/env.ts', breaks: ['local apart'] },
    { path: 'bin/x.ts', from: '../test/env.test.ts', breaks: ['tests outside'] },
    { path: 'examples/typescript-backend/x.ts', from: '../../protocol/limits.ts', breaks: ['examples alone'] },
    { path: 'examples/typescript-backend/x.ts', from: '../expo-app/src/orders.ts', breaks: ['examples alone'] },
    { path: 'client/src/x.ts', from: 'node:crypto', breaks: ['client alone'] },
    { path: 'client/src/x.ts', from: '@aws-sdk/client-sqs', breaks: ['AWS at its place', 'client alone'] },
    { path: 'client/src/x.ts', from: '../../protocol/client-messages.ts', breaks: ['client alone'] },
    { path: 'client/src/x.ts', from: 'valibot', breaks: ['client alone'] },
    { path: 'client/src/x.ts', from: 'react', breaks: ['client alone'] },
    { path: 'client/src/index.ts', from: './react.ts', breaks: ['client alone'] },
    { path: 'client/src/react.ts', from: 'react-native', breaks: ['client in React'] },
    { path: 'console/x.ts', from: '../bin/console/state.ts', breaks: ['console in a browser'] },
    { path: 'console/x.ts', from: 'valibot', breaks: ['console in a browser'] },
  ])('by what it imports: $from in $path', ({ path, from, breaks }) => {
    expect(broken(path, named(from))).toEqual(breaks);
  });

  test('by a circle of two files, or of three through a type', () => {
    const of = (path: string, from: string): Source => ({ path, text: `import type { A } from './${from}.ts';` });
    expect(circles([of('lib/a.ts', 'b'), of('lib/b.ts', 'a')])).toEqual(['lib/a.ts -> lib/b.ts -> lib/a.ts']);
    expect(circles([of('lib/a.ts', 'b'), of('lib/b.ts', 'c'), of('lib/c.ts', 'a')])).toEqual([
      'lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts',
    ]);
    expect(circles([of('lib/a.ts', 'b'), of('lib/b.ts', 'c')])).toEqual([]);
  });

  test('by a type that runs its module', () => {
    expect(broken('lambdas/access/x.ts', "import { type A } from '../ports.ts';")).toEqual(['pure runs pure']);
    expect(broken('lambdas/access/x.ts', "import type { A } from '../ports.ts';")).toEqual([]);
  });

  test.each([
    { why: 'a comment', path: 'protocol/x.ts', text: '/* Date.now() */ // process.env\n/** new Date() */' },
    { why: 'a string', path: 'lambdas/access/x.ts', text: 'const a = \'Date.now()\' + "Math.random()";' },
    { why: 'a date of a value', path: 'protocol/x.ts', text: 'const a = new Date(epochMs);' },
    {
      why: 'an import in a comment',
      path: 'protocol/x.ts',
      text: "// import { a } from 'aws-cdk-lib';\n * import 'x';",
    },
    {
      why: 'a type of another folder',
      path: 'lambdas/access/x.ts',
      text: "import type { A } from '../identity/identity.ts';",
    },
    { why: 'the SDK at the table', path: 'lambdas/dynamodb/x.ts', text: named('@aws-sdk/lib-dynamodb') },
    {
      why: 'the clock where it all comes together',
      path: 'lambdas/wiring/aws-ports.ts',
      text: 'const now = Date.now;',
    },
  ])('and one that does not is not: $why', ({ path, text }) => {
    expect(violations([{ path, text }])).toEqual([]);
  });
});
