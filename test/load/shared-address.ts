/**
 * `npm run bench:address`: two minutes of the real time, over real sockets: one attacker and sixty devices behind one address, at the
 * local gateway under the default limits. Prints when who was in, and ends with 1 where a device with a pass was out for 30 s.
 */
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { run, takeNoArguments } from '../../bin/command.ts';
import { connect, type MaitredClient, type Storage } from '../../client/src/index.ts';
import { storageOf } from '../../client/src/storage.ts';
import { RateLimits } from '../../config-schema/rate-limits.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import { openGatewayFixture } from '../conversation/gateway-fixture.ts';
import { forbidden } from '../forbidden.ts';

type Device = { readonly userId: string; readonly storage: Storage; client: MaitredClient | undefined; inAtMs: number };

const help = `One attacker and sixty devices behind one address, for two minutes.

  npm run bench:address

  Takes three minutes. Prints when the devices were in again, and ends with 1 where one that has
  a re-entry pass was out for more than 30 s.
`;
await run(async () => takeNoArguments(help));
if (process.exitCode !== undefined) process.exit();

const limits = v.parse(RateLimits, {});
const fixture = await openGatewayFixture({}, { budgets: limits, authTimeoutSeconds: 5 });
const { url } = fixture.gateway;
const restaurantId = 'r-shared';
const enrol = (userId: string) =>
  putMembership(fixture.memberships)({ restaurantId, issuer: 'pool', userId, role: 'employee' });
const tokenOf = (userId: string): string => fixture.issuers.pool.token({ sub: userId });

const device = (userId: string): Device => {
  const texts = new Map<string, string>();
  const storage = storageOf({
    get: async (key) => texts.get(key),
    set: async (key, value) => texts.set(key, value),
    remove: async (key) => texts.delete(key),
  });
  return { userId, storage, client: undefined, inAtMs: Number.NaN };
};
const lines = new Set<WebSocket>();
/** Its socket can be cut without a word. */
class CutSocket extends WebSocket {
  constructor(address: string, protocols?: string[]) {
    super(address, protocols ?? []);
    lines.add(this);
  }
}
const start = (one: Device): void => {
  const getToken = () => tokenOf(one.userId);
  one.client = connect({
    ...{ url, restaurantId, connectionType: 'pos', getToken, storage: one.storage, onError: () => {} },
    WebSocket: forbidden(CutSocket),
  });
  one.client.onState(({ status }) => {
    if (status === 'connected') one.inAtMs = Date.now();
  });
};

/** The attacker knocks, says something where it is let in, and forgets the socket. */
let knocks = 0;
let refused = 0;
const knock = (says?: string, pass?: string): void => {
  knocks += 1;
  const socket = new WebSocket(url, pass === undefined ? [] : ['maitred.v1', `maitred.pass.${pass}`]);
  socket.on('error', () => {});
  socket.on('unexpected-response', (request) => {
    refused += 1;
    request.destroy();
  });
  socket.on('open', () => says !== undefined && socket.send(says));
};
const hello = (token: string) => JSON.stringify({ type: 'authenticate', token, restaurant_id: restaurantId });

const secondsIn = (devices: readonly Device[], fromMs: number): readonly number[] =>
  devices
    .filter(({ client, inAtMs }) => client?.state.status === 'connected' && inAtMs >= fromMs)
    .map(({ inAtMs }) => (inAtMs - fromMs) / 1_000)
    .sort((a, b) => a - b);
const told = (seconds: readonly number[]) =>
  `${seconds.length} in, the last after ${seconds.at(-1)?.toFixed(1) ?? '-'} s`;

const withPass = Array.from({ length: 50 }, (_, nth) => device(nth < 10 ? `own-${nth}` : `shared-${nth % 4}`));
const without = Array.from({ length: 10 }, (_, nth) => device(`new-${nth}`));
const stolen = device('stolen');
for (const userId of new Set([...withPass, ...without, stolen].map((one) => one.userId))) await enrol(userId);
for (const one of [...withPass, stolen]) start(one);
while (secondsIn([...withPass, stolen], 0).length < 51) await delay(100);
stolen.client?.close();
const pass = String((await stolen.storage.get(`maitred.pass.${restaurantId}`))?.split(' ')[0]);
await delay(60_000 - (Date.now() % 60_000));

const second = (nth: number): void => {
  if (nth % 60 === 0) for (let at = 0; at < limits.connectsPerMinute; at++) knock();
  for (let at = 0; at < 5; at++) knock();
  knock(undefined, `${pass.slice(0, -4)}${String(nth).padStart(4, '0')}`);
  knock(undefined, pass);
  knock('x');
  knock(hello('forged'), pass);
};
const seconds = async (from: number, to: number): Promise<void> => {
  for (let nth = from; nth < to; nth++) {
    second(nth);
    await delay(1_000);
  }
};
await seconds(0, 5);
for (const line of lines) line.terminate();
lines.clear();
const cutAtMs = Date.now();
for (const one of without) start(one);
await seconds(5, 60);
const afterCut = secondsIn(withPass, cutAtMs);
for (const { client } of withPass) client?.close();
const restartedAtMs = Date.now();
for (const one of withPass) start(one);
await seconds(60, 120);
const afterRestart = secondsIn(withPass, restartedAtMs);
const newcomers = secondsIn(without, cutAtMs);
process.stdout.write(
  [
    `the attacker opened ${knocks} sockets, ${refused} were refused`,
    `50 devices with a pass, after a cut: ${told(afterCut)}`,
    `50 devices with a pass, after a restart: ${told(afterRestart)}`,
    `10 devices without one: ${newcomers.length} in, after ${newcomers.map((one) => one.toFixed(0)).join(', ') || '-'} s`,
    '',
  ].join('\n'),
);
for (const { client } of [...withPass, ...without]) client?.close();
await fixture.close();
const late = [afterCut, afterRestart].some((all) => all.length < 50 || (all.at(-1) ?? 0) > 30);
process.exit(late ? 1 : 0);
