/** The package as its users get it: its size and its types, those of the examples of its README among them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { registeredTypes } from '../../bin/types/domain-types.ts';
import {
  defaultTiming,
  leastPingIntervalMs,
  maxFrameBytes,
  maxMessageIdChars,
  mostPingIntervalMs,
  usualPingIntervalMs,
} from '../../client/src/settings.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { limits, pingIntervalSeconds } from '../../protocol/limits.ts';
import { exampleOf, installClient } from './installed-client.ts';

const root = join(import.meta.dirname, '../..');
const { project, installed, remove } = installClient();

/** What the example needs of React Native and NetInfo, as their own declarations have it. */
const reactNative = `
declare module 'react-native' {
  type AppStateStatus = 'active' | 'background' | 'inactive' | 'unknown' | 'extension';
  export const AppState: {
    currentState: AppStateStatus;
    addEventListener(
      type: 'change' | 'memoryWarning' | 'blur' | 'focus',
      listener: (state: AppStateStatus) => void,
    ): { remove: () => void };
  };
}
declare module '@react-native-community/netinfo' {
  enum NetInfoStateType { unknown = 'unknown', none = 'none', cellular = 'cellular', wifi = 'wifi' }
  type NetInfoState =
    | { type: NetInfoStateType.none; isConnected: false; isInternetReachable: false }
    | { type: NetInfoStateType.wifi; isConnected: true; isInternetReachable: boolean | null }
    | { type: NetInfoStateType.unknown; isConnected: boolean | null; isInternetReachable: null };
  const NetInfo: { addEventListener(listener: (state: NetInfoState) => void): () => void };
  export default NetInfo;
}
`;
const reactNativeSocket = `
import { connect } from '@maitred/client';
declare class WebSocket {
  constructor(uri: string, protocols?: string | string[] | null, options?: { headers: Record<string, string> });
  send(data: string | ArrayBuffer | ArrayBufferView): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data?: any }) => void) | null;
  onerror: ((event: { message: string }) => void) | null;
  onclose: ((event: { code?: number; reason?: string; message?: string }) => void) | null;
}
export const client = connect({ url: '', restaurantId: '', connectionType: 'pos', getToken: () => '', WebSocket });
`;
const domSocket = `
import { connect } from '@maitred/client';
export const client = connect({ url: '', restaurantId: '', connectionType: 'pos', getToken: () => '', WebSocket });
`;
const typed = `
import { connect, PublishError } from '@maitred/client';
declare module '@maitred/client' {
  interface RestaurantEventData { 'menu.updated': { version: number } }
}
const client = connect({ url: '', restaurantId: '', connectionType: 'pos', getToken: async (why) => (why === 'refused' ? 'a' : 'b') });
client.on('menu.updated', ({ data }) => data.version.toFixed());
client.on('order.status_changed', ({ data }) => { const status: 'ready' | 'pending' | string = data.status; return void status; });
client.on('*', async ({ type, data, raw }) => void [type, data, raw.length]);
client.onState((state) => { if (state.status === 'connected') void state.session.expiresAt.toFixed(); });
client.publish('order.created', { order_id: 1 }).catch((error: unknown) => error instanceof PublishError && error.code === 'timeout');
void client.publish('payment.completed', { order_id: 1 }).kept.then(() => client.pending.map(({ isKept }) => isKept));
// @ts-expect-error what backends publish, no device may
void client.publish('menu.updated', { version: 1 });
// @ts-expect-error a slip of the pen
void client.publish('order.craeted', { order_id: 1 });
// @ts-expect-error no such field
client.on('menu.updated', ({ data }) => data.versoin);
// @ts-expect-error a status nobody knows
void client.publish('order.status_changed', { order_id: 1, status: 'burnt' });
// @ts-expect-error no order
void client.publish('order.created', { table: 4 });
// @ts-expect-error a connection type nobody has
connect({ url: '', restaurantId: '', connectionType: 'waiter', getToken: () => '' });
`;

const registered = `
import { connect, type Role } from '@maitred/client';
import type { VehiclePosition } from './maitred.ts';
const driver: Role = 'driver';
const client = connect({ url: '', restaurantId: driver, connectionType: 'vehicle', getToken: () => '' });
const at: VehiclePosition = { vehicle_id: 'HH-KV204', position: { lat: 53.55, lon: 9.99 } };
void client.publish('vehicle.position', at);
client.on('vehicle.position', ({ data }) => data.position.lat.toFixed());
// @ts-expect-error an event of the restaurant
void client.publish('order.created', { order_id: 1 });
// @ts-expect-error a connection type of the restaurant
connect({ url: '', restaurantId: '', connectionType: 'pos', getToken: () => '' });
`;
const fleet = registeredTypes(
  parseConfig(StageConfig, 'fleet', readFileSync(join(root, 'examples/fleet/config.json'), 'utf8')),
);

const stored = `
import { connect } from '@maitred/client';
import { itemStorage, mmkvStorage, storageOf } from '@maitred/client/storage';
declare const AsyncStorage: {
  getItem: (key: string, callback?: (error?: Error | null, result?: string | null) => void) => Promise<string | null>;
  setItem: (key: string, value: string, callback?: (error?: Error | null) => void) => Promise<void>;
  removeItem: (key: string, callback?: (error?: Error | null) => void) => Promise<void>;
};
declare class MMKV {
  set(key: string, value: boolean | string | number | ArrayBuffer): void;
  getString(key: string): string | undefined;
  delete(key: string): void;
}
declare const mmkv4: {
  set(key: string, value: boolean | string | number | ArrayBuffer): void;
  getString(key: string): string | undefined;
  remove(key: string): boolean;
};
const own = new Map<string, string>();
const storages = [
  itemStorage(AsyncStorage),
  itemStorage(localStorage),
  mmkvStorage(new MMKV()),
  mmkvStorage(mmkv4),
  storageOf({ get: async (key) => own.get(key), set: async (key, value) => own.set(key, value), remove: async (key) => own.delete(key) }),
];
export const clients = storages.map((storage) =>
  connect({ url: '', restaurantId: '', connectionType: 'pos', getToken: () => '', storage, cursor: 'stored' }),
);
// @ts-expect-error it has to be made for it
connect({ url: '', restaurantId: '', connectionType: 'pos', getToken: () => '', storage: { get: async () => null, set: async () => {}, remove: async () => {} } });
`;

/** What the pages about logins use of their packages, as those declare it. */
const logins = `
declare module '@supabase/supabase-js' {
  type Answer = { data: { session: { access_token: string } | null }; error: null } | { data: { session: null }; error: Error };
  export const createClient: (url: string, key: string) => { auth: { getSession(): Promise<Answer>; refreshSession(): Promise<Answer> } };
}
declare module '@auth0/auth0-spa-js' {
  export class Auth0Client {
    constructor(options: { domain: string; clientId: string; authorizationParams?: { audience?: string } });
    getTokenSilently(options?: { cacheMode?: 'on' | 'off' | 'cache-only' }): Promise<string>;
  }
}
declare module 'aws-amplify/auth' {
  type Token = { toString(): string };
  export const fetchAuthSession: (options?: { forceRefresh?: boolean }) => Promise<{ tokens?: { accessToken: Token; idToken?: Token } }>;
}
declare module 'firebase/auth' {
  type User = { getIdToken(forceRefresh?: boolean): Promise<string> };
  export const getAuth: () => { authStateReady(): Promise<void>; readonly currentUser: User | null };
}
declare module '@clerk/clerk-js' {
  export class Clerk {
    constructor(key: string);
    load(): Promise<void>;
    session: { getToken(options?: { skipCache?: boolean; template?: string }): Promise<string | null> } | null | undefined;
  }
}
`;
const loginsPage = readFileSync(join(root, 'docs/get-token.md'), 'utf8');
const loginExamples = [...loginsPage.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Type-checks one file in the project, with the libraries of its platform; what the compiler says. */
const check = (name: string, lib: readonly string[], types: readonly string[]): string => {
  const config = join(project, `${name}.tsconfig.json`);
  const compilerOptions = {
    ...{
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      noEmit: true,
      allowImportingTsExtensions: true,
      strict: true,
    },
    ...{ exactOptionalPropertyTypes: true, skipLibCheck: false, lib, types },
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`, 'react-native.d.ts', 'logins.d.ts'] }));
  return spawnSync(process.execPath, [tsc, '--project', config], { encoding: 'utf8' }).stdout;
};

beforeAll(() => {
  writeFileSync(join(project, 'react-native.d.ts'), reactNative);
  writeFileSync(join(project, 'logins.d.ts'), logins);
  for (const [nth, code] of loginExamples.entries()) writeFileSync(join(project, `login-${nth}.ts`), code);
  writeFileSync(
    join(project, 'login.ts'),
    `import { connect } from '@maitred/client';
${loginExamples.map((_, nth) => `import { getToken as login${nth} } from './login-${nth}.ts';`).join('\n')}
for (const getToken of [${loginExamples.map((_, nth) => `login${nth}`)}]) connect({ url: '', restaurantId: '', connectionType: 'pos', getToken });
`,
  );
  const files = {
    node: exampleOf('Node'),
    browser: exampleOf('Browser'),
    phone: exampleOf('React Native'),
    'phone-socket': reactNativeSocket,
    'dom-socket': domSocket,
    typed,
    stored,
    registered,
    maitred: fleet,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, `${name}.ts`), text);
});
afterAll(remove);

describe('the package', () => {
  test('has a core of at most 12 KB where an application minifies and compresses it', async () => {
    const core = join(installed, 'dist/esm/index.js');
    const { outputFiles } = await build({ entryPoints: [core], bundle: true, minify: true, write: false });
    const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
    console.info(`client: ${bytes} bytes, minified and gzipped`);
    expect(bytes).toBeLessThanOrEqual(12 * 1024);
    expect(bytes).toBeGreaterThan(4 * 1024);
  });

  test.each(['esm', 'cjs'])('is readable in a stack trace: %s', (format) => {
    const lines = readFileSync(join(installed, 'dist', format, 'index.js'), 'utf8').split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(400);
    expect(lines.some((line) => line.includes('const openSession') || line.includes('var openSession'))).toBe(true);
  });

  test('has the license in it, word for word', () => {
    expect(readFileSync(join(root, 'client/LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
  });

  test('names the same files for tools that read `exports` and for those that do not', () => {
    const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const entry of ['index', 'react', 'storage']) {
      const folder = entry === 'index' ? installed : join(installed, entry);
      const old = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const conditions = description.exports[entry === 'index' ? '.' : `./${entry}`];
      const file = (path: string) => relative(installed, join(folder, path));
      const named = (path: string) => relative(installed, join(installed, path));
      expect({ main: file(old.main), module: file(old.module), types: file(old.types) }).toEqual({
        main: named(conditions.require.default),
        module: named(conditions.import.default),
        types: named(conditions.require.types),
      });
      expect(conditions['react-native']).toEqual(conditions.require);
      for (const { types, default: code } of Object.values<{ types: string; default: string }>(conditions))
        expect([existsSync(join(installed, types)), existsSync(join(installed, code))]).toEqual([true, true]);
    }
  });

  test('keeps the limits of the protocol', () => {
    const { maxSessionMs } = limits;
    expect({
      maxFrameBytes,
      maxMessageIdChars,
      pingIntervalMs: [usualPingIntervalMs, leastPingIntervalMs, mostPingIntervalMs],
      maxSessionMs: defaultTiming.maxConnectionMs,
    }).toEqual({
      maxFrameBytes: limits.maxFrameBytes,
      maxMessageIdChars: limits.maxMessageIdChars,
      pingIntervalMs: Object.values(pingIntervalSeconds).map((seconds) => 1000 * seconds),
      maxSessionMs,
    });
  });

  test('has no dependency, and imports nothing but React where it is about that', () => {
    const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(description).not.toHaveProperty('dependencies');
    expect(description).toMatchObject({
      peerDependencies: { react: '>=17' },
      peerDependenciesMeta: { react: { optional: true } },
    });
    for (const file of ['esm/index.js', 'esm/storage.js', 'cjs/index.js', 'cjs/storage.js'])
      expect(readFileSync(join(installed, 'dist', file), 'utf8')).not.toMatch(/\b(import|require)\b\s*[('"{]/);
    const imported = readFileSync(join(installed, 'dist/esm/react.js'), 'utf8').matchAll(/from "([^"]+)"/g);
    expect([...imported].map(([, from]) => from)).toEqual(['react', './index.js']);
  });

  test.each([
    { name: 'node', lib: ['es2022'], types: ['node'] },
    { name: 'browser', lib: ['es2022', 'dom'], types: [] },
    { name: 'phone', lib: ['es2022'], types: [] },
    { name: 'phone-socket', lib: ['es2022'], types: [] },
    { name: 'dom-socket', lib: ['es2022', 'dom'], types: [] },
    { name: 'typed', lib: ['es2022'], types: [] },
    { name: 'stored', lib: ['es2022', 'dom'], types: [] },
    { name: 'registered', lib: ['es2022'], types: [] },
    { name: 'login', lib: ['es2022'], types: [] },
  ])('has types that fit $name', ({ name, lib, types }) => {
    expect(check(name, lib, types)).toBe('');
  });
});
