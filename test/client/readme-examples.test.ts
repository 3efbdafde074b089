/**
 * The examples of the README, each in a process of its own with the built package, before the synthesized app. What React
 * Native, NetInfo and a browser give them is stood in for by their shapes; the sockets are real.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type GatewayFixture, openGatewayFixture } from '../conversation/gateway-fixture.ts';
import { exampleOf, type InstalledClient, installClient } from './installed-client.ts';
import { type Line, openLine } from './line.ts';
import { openRestaurant, type Restaurant } from './restaurant.ts';
import { startScriptedServer, welcome } from './scripted-server.ts';

/** What the two packages export, as far as the example uses it; a command of the test gives the hints. */
const reactNative = `
import { EventEmitter } from 'node:events';
const hints = (globalThis.hints ??= new EventEmitter());
export const AppState = {
  addEventListener: (_type, listener) => {
    hints.on('app', listener);
    return { remove: () => hints.off('app', listener) };
  },
};
`;
const netInfo = `
import { EventEmitter } from 'node:events';
const hints = (globalThis.hints ??= new EventEmitter());
export default {
  addEventListener: (listener) => {
    const told = (type) => listener({ type, isConnected: type !== 'none' });
    hints.on('net', told);
    told('wifi');
    return () => hints.off('net', told);
  },
};
`;

/** Says each state and event; a line of input is a hint, or the end. */
const narrates = `
import { createInterface } from 'node:readline';
// No wait between attempts: one that should not be made is made at once.
Math.random = () => 0;
const says = (what) => console.log(JSON.stringify(what));
export const narrate = (client, hint) => {
  client.onState((state) => says({ state: state.status, why: state.why, title: globalThis.document?.title }));
  client.on('*', ({ seq }) => says({ seq }));
  client.onGap(({ reason }) => says({ gap: reason }));
  createInterface(process.stdin).on('line', (line) => {
    if (line === 'close') {
      client.close();
      process.stdin.destroy();
    } else {
      hint(...line.split(' '));
      says({ hinted: line });
    }
  });
};
`;
const phone = `
import { connectPhone } from './phone.ts';
import { narrate } from './narrate.mjs';
const [url, restaurantId, token] = process.argv.slice(2);
narrate(connectPhone(url, restaurantId, async () => token), (...hint) => globalThis.hints.emit(...hint));
`;
const board = `
import { connectBoard } from './board.ts';
import { narrate } from './narrate.mjs';
globalThis.window = new EventTarget();
globalThis.document = Object.assign(new EventTarget(), { title: '', visibilityState: 'visible' });
const [url, restaurantId, token] = process.argv.slice(2);
narrate(connectBoard(url, restaurantId, { freshToken: async () => token }), (type) => window.dispatchEvent(new Event(type)));
`;

let fixture: GatewayFixture;
let client: InstalledClient;
beforeAll(async () => {
  client = installClient();
  const inProject = (path: string) => join(client.project, path);
  for (const name of ['react-native', '@react-native-community/netinfo']) {
    mkdirSync(inProject(`node_modules/${name}`), { recursive: true });
    writeFileSync(inProject(`node_modules/${name}/package.json`), '{"type":"module","exports":"./index.js"}');
  }
  const files = {
    'node_modules/react-native/index.js': reactNative,
    'node_modules/@react-native-community/netinfo/index.js': netInfo,
    'till.mjs': exampleOf('Node'),
    'board.ts': exampleOf('Browser'),
    'phone.ts': exampleOf('React Native'),
    'narrate.mjs': narrates,
    'run-board.mjs': board,
    'run-phone.mjs': phone,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(inProject(name), text);
  fixture = await openGatewayFixture();
}, 60_000);
afterAll(async () => {
  await fixture?.close();
  client?.remove();
});

let restaurant: Restaurant;
let line: Line;
const running: ChildProcess[] = [];
beforeEach(async () => {
  line = await openLine(fixture.gateway.url);
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill();
  restaurant?.close();
  await line.close();
});

/** A process whose lines can be waited for; each is given out once, and those before it are passed over. */
const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, args, { cwd: client.project, env: { ...process.env, ...environment } });
  running.push(child);
  const said: string[] = [];
  const heard: string[] = [];
  let wake = () => {};
  const note = (text: string): void => {
    said.push(text);
    heard.push(text);
    wake();
  };
  createInterface(child.stdout).on('line', note);
  child.stderr.on('data', (text) => said.push(String(text)));
  const exit = once(child, 'close').then(([code]) => code);
  const says = async (is: (line: string) => boolean): Promise<string> => {
    for (;;) {
      while (heard.length === 0) {
        const woken = new Promise<'woken'>((resolve) => {
          wake = () => resolve('woken');
        });
        if ((await Promise.race([woken, exit])) !== 'woken' && heard.length === 0)
          throw new Error(`it ended after saying ${said.join('\n')}`);
      }
      const next = heard.shift() ?? '';
      if (is(next)) return next;
    }
  };
  return {
    said,
    exit,
    says,
    /** A line of JSON with these fields. */
    tells: (fields: Readonly<Record<string, unknown>>) =>
      says((text) => Object.entries(fields).every(([name, value]) => JSON.parse(text)[name] === value)),
    hint: (text: string) => child.stdin.write(`${text}\n`),
  };
};
const seqsIn = (said: readonly string[]) =>
  said.flatMap((text) => (text.startsWith('{"seq"') ? [JSON.parse(text).seq] : []));

describe('the Node example', () => {
  /** As its readers run it: JavaScript, and no token unless one is given. */
  const runNode = (environment: Readonly<Record<string, string>>) =>
    run(['till.mjs'], { MAITRED_URL: fixture.gateway.url, MAITRED_TOKEN: '', ...environment });

  test('places an order, answers it and ends', async () => {
    const example = runNode({ MAITRED_TOKEN: await fixture.token('cashier') });
    expect(await example.exit).toBe(0);
    const said = example.said.map((text) => text.trimEnd());
    expect(said).toContainEqual(expect.stringMatching(/^published evt_/));
    expect(said).toEqual(
      expect.arrayContaining([
        'till connected',
        'kitchen takes a snapshot: start',
        'order 7 is ready',
        "till ended: { why: 'closed' }",
      ]),
    );
  });

  test('says in one line that its token is missing', async () => {
    const example = runNode({});
    expect(await example.exit).toBe(1);
    expect(example.said).toEqual([expect.stringMatching(/^MAITRED_TOKEN is not set: .*\n$/)]);
  });

  test('says that it may not enter, and ends', async () => {
    const example = runNode({ MAITRED_TOKEN: await fixture.token('stranger') });
    expect(await example.exit).toBe(1);
    expect(example.said.join('\n')).toMatch(/failed: \{\s+why: 'refused',\s+reason: 'access_denied'/);
  });

  test('says why its order is refused, without a line of the package', async () => {
    const server = await startScriptedServer(async ({ hears, say }) => {
      const { connection_type } = await hears();
      say({ ...welcome, connection_type });
      if (connection_type === 'pos')
        say({ type: 'error', id: (await hears())['id'], error: 'Not allowed', reason: 'forbidden' });
    });
    const example = runNode({ MAITRED_URL: server.url, MAITRED_TOKEN: 'a.b.c' });
    expect(await example.exit).toBe(1);
    await server.close();
    const said = example.said.join('\n');
    expect(said).toMatch(/^failed: The event \S+ was not published: forbidden$/m);
    expect(said.length).toBeLessThan(1000);
  });
});

test('the React Native example waits in the background and misses nothing', async () => {
  restaurant = openRestaurant(() => fixture, 'r-phone');
  const witness = await restaurant.enter('manager', 'management');
  const token = await fixture.token('manager');
  const example = run(['run-phone.mjs', line.url, restaurant.id, token]);
  await example.tells({ state: 'connected' });
  await restaurant.backendSays({ order_id: 1 });
  await example.tells({ seq: 1 });
  example.hint('app background');
  await example.tells({ hinted: 'app background' });
  line.cut();
  await example.tells({ state: 'waiting', why: 'background' });
  line.mend();
  await restaurant.backendSays({ order_id: 2 });
  await witness.hears(2);
  expect(line.calls()).toBe(1);
  example.hint('app active');
  await example.tells({ seq: 2 });
  // Without a network no connection is tried; the next network is used at once.
  line.cut();
  example.hint('net none');
  await example.tells({ state: 'waiting', why: 'offline' });
  const calls = line.calls();
  line.mend();
  await restaurant.backendSays({ order_id: 3 });
  await witness.hears(3);
  expect(line.calls()).toBe(calls);
  example.hint('net cellular');
  await example.tells({ seq: 3 });
  example.hint('close');
  expect(await example.exit).toBe(0);
  expect(seqsIn(example.said)).toEqual([1, 2, 3]);
  expect(example.said.filter((text) => text.includes('gap'))).toEqual(['{"gap":"start"}']);
});

test('the browser example shows in its title whether it is connected, and misses nothing', async () => {
  restaurant = openRestaurant(() => fixture, 'r-board');
  await restaurant.enter('chef', 'kitchen');
  const token = await fixture.token('chef');
  const example = run(['run-board.mjs', line.url, restaurant.id, token]);
  await example.tells({ state: 'connected', title: 'Kitchen' });
  line.cut();
  example.hint('offline');
  await example.tells({ state: 'waiting', why: 'offline', title: 'Kitchen (waiting)' });
  await restaurant.backendSays({ order_id: 1 });
  line.mend();
  example.hint('online');
  await example.tells({ state: 'connected', title: 'Kitchen' });
  await example.tells({ seq: 1 });
  example.hint('close');
  expect(await example.exit).toBe(0);
  expect(seqsIn(example.said)).toEqual([1]);
});
