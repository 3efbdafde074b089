/**
 * One attacker who knows all that SECURITY.md says, and the devices of a restaurant, behind one address for two minutes. The
 * deployed routes, the SDK's clients and the default limits, in a time that passes as fast as it is worked through.
 */
import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { connect, type MaitredClient, type Storage } from '../../client/src/index.ts';
import { storageOf } from '../../client/src/storage.ts';
import { RateLimits } from '../../config-schema/rate-limits.ts';
import { createClock } from '../client/clock.ts';
import { clientSockets } from '../memory/client-sockets.ts';
import { enrol } from '../memory/memberships.ts';
import { platform } from '../memory/platform.ts';
import { memoryWorld, startMs, tokenOf } from '../memory/world.ts';

const limits = v.parse(RateLimits, {});
const hourMs = 60 * 60_000;

/** Ten logins of their own, and four that ten devices share. */
const withPass = Array.from({ length: 50 }, (_, nth) => (nth < 10 ? `u-own-${nth}` : `u-shared-${nth % 4}`));
const without = Array.from({ length: 10 }, (_, nth) => `u-new-${nth}`);

type Device = { readonly userId: string; readonly storage: Storage; client: MaitredClient | undefined; inAtMs: number };

const inMemory = (): Storage => {
  const texts = new Map<string, string>();
  return storageOf({
    get: async (key) => texts.get(key),
    set: async (key, value) => texts.set(key, value),
    remove: async (key) => texts.delete(key),
  });
};

/** The same numbers in every run. */
const randomOf = (seed: number) => {
  let value = seed * 0.618_033_988_749_895;
  return () => {
    value = (value + 0.414_213_562_373_095) % 1;
    return value;
  };
};

const restaurant = () => {
  const world = memoryWorld(undefined, limits, 'one');
  const door = platform(world);
  const clock = createClock(startMs);
  const network = clientSockets(world, door, clock);
  for (const userId of [...withPass, ...without, 'u-stolen', 'u-dismissed']) {
    enrol(world.memberships, { issuer: 'demo', restaurantId: 'r-17', userId, role: 'employee' });
    const times = { issuedAtMs: startMs, expiresAtMs: startMs + 10 * hourMs };
    world.tokens.set(tokenOf(userId), { issuer: 'demo', userId, ...times });
  }
  let seeds = 0;
  const device = (userId: string): Device => ({ userId, storage: inMemory(), client: undefined, inAtMs: Number.NaN });
  const start = (one: Device): void => {
    one.client = connect({
      url: 'wss://gateway.example/prod',
      restaurantId: 'r-17',
      connectionType: 'pos',
      getToken: () => tokenOf(one.userId),
      WebSocket: network.WebSocket,
      storage: one.storage,
      now: clock.now,
      timers: clock.timers,
      random: randomOf(++seeds),
    });
    one.client.onState(({ status }) => {
      if (status === 'connected') one.inAtMs = clock.now();
    });
  };
  return { world, door, clock, network, device, start };
};

/** Everything that costs the attacker nothing, in each minute of the clock: their whole allowance at once, and on. */
const attack = (
  { door, world, clock }: ReturnType<typeof restaurant>,
  passes: Readonly<{ stolen: string; revoked: string }>,
) => {
  let sockets = 0;
  let refused = 0;
  const knock = async (says?: string, pass?: string): Promise<void> => {
    world.clock.nowMs = clock.now();
    const connectionId = `x-${++sockets}=`;
    const headers = pass === undefined ? {} : { 'Sec-WebSocket-Protocol': `maitred.v1, maitred.pass.${pass}` };
    const ended = await door.connect({ connectionId, headers });
    if (ended.how !== 'returned' || ended.value.statusCode !== 200) refused += 1;
    else if (says !== undefined) await door.say(says, {}, connectionId);
  };
  const hello = (token: string) => JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17' });
  const forgedPass = (nth: number) => `${passes.stolen.slice(0, -6)}${String(nth).padStart(6, '0')}`;

  const second = async (nth: number): Promise<void> => {
    if (nth === 0) for (let at = 0; at < limits.connectsPerMinute; at++) await knock();
    // 300 silent handshakes a minute, and in the same second one of every other kind.
    for (let at = 0; at < 5; at++) await knock();
    await knock(undefined, forgedPass(nth));
    await knock(undefined, passes.stolen);
    await knock(undefined, passes.stolen);
    await knock(hello(tokenOf('u-dismissed')), passes.revoked);
    await knock('x');
    await knock('no JSON', forgedPass(nth + 1));
    await knock(hello('forged'), passes.stolen);
  };
  return { second, sockets: () => sockets, refused: () => refused };
};

/** Seconds until each was in, in order; those that were not are left out. */
const secondsOf = (devices: readonly Device[], fromMs: number): readonly number[] =>
  devices
    .filter(({ client, inAtMs }) => client?.state.status === 'connected' && inAtMs >= fromMs)
    .map(({ inAtMs }) => (inAtMs - fromMs) / 1_000)
    .sort((a, b) => a - b);

test('fifty devices with a pass are in within 30 s of a common cut, and of a restart, while somebody floods their address', async () => {
  const room = restaurant();
  const { network, clock, world } = room;
  const devices = withPass.map(room.device);
  const passOf = async (userId: string): Promise<string> => {
    const one = room.device(userId);
    room.start(one);
    await network.pass(5);
    one.client?.close();
    return String((await one.storage.get('maitred.pass.r-17'))?.split(' ')[0]);
  };

  // An hour before anything happens.
  for (const one of devices) room.start(one);
  const passes = { stolen: await passOf('u-stolen'), revoked: await passOf('u-dismissed') };
  await network.pass(60);
  expect(secondsOf(devices, startMs)).toHaveLength(50);
  const dismissed = [...world.memberships].find(([, { userId }]) => userId === 'u-dismissed');
  if (dismissed) world.memberships.delete(dismissed[0]);
  await clock.pass(60_000 - (clock.now() % 60_000));

  const attacker = attack(room, passes);
  const seconds = async (from: number, to: number): Promise<void> => {
    for (let nth = from; nth < to; nth++) {
      await attacker.second(nth % 60);
      await network.pass(1);
    }
  };
  await seconds(0, 5);
  network.cut();
  const cutAtMs = clock.now();
  const newcomers = without.map(room.device);
  for (const one of newcomers) room.start(one);
  await seconds(5, 65);
  const afterCut = secondsOf(devices, cutAtMs);

  for (const { client } of devices) client?.close();
  const restartedAtMs = clock.now();
  for (const one of devices) room.start(one);
  await seconds(65, 125);
  const afterRestart = secondsOf(devices, restartedAtMs);
  const newcomersIn = secondsOf(newcomers, cutAtMs);
  for (const { client } of [...devices, ...newcomers]) client?.close();

  const shown = (all: readonly number[]) => all.map((one) => one.toFixed(1)).join(', ');
  console.info(
    `one address, two minutes: the attacker opened ${attacker.sockets()} sockets (${attacker.refused()} refused); of 50 devices with a pass ${afterCut.length} were in after the cut, the last after ${afterCut.at(-1)?.toFixed(1)} s, and ${afterRestart.length} after a restart, the last after ${afterRestart.at(-1)?.toFixed(1)} s; of 10 without one ${newcomersIn.length} (${shown(newcomersIn) || 'none'} s)`,
  );
  expect(attacker.sockets()).toBeGreaterThan(1_500);
  expect({ cut: afterCut.length, restart: afterRestart.length }).toEqual({ cut: 50, restart: 50 });
  expect(Math.max(...afterCut, ...afterRestart)).toBeLessThan(30);
});
