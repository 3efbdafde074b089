/** I13: what a socket costs that never becomes a session, however much it says, and whenever `$disconnect` comes. */
import { describe, expect, test } from '@jest/globals';
import { passOf, periodOf } from '../../lambdas/reentry/pass.ts';
import { trailOf } from '../memory/audit.ts';
import { drainQueue, platform } from '../memory/platform.ts';
import { generousLimits, memoryWorld, type World } from '../memory/world.ts';
import { authenticateText, connected, pingText } from '../routes/conversation.ts';

const forged = authenticateText({ token: 'forged' });
const kinds = [
  { first: 'a forged token', texts: [forged, pingText, 'no JSON'] },
  { first: 'a ping', texts: [pingText, forged, 'no JSON'] },
  { first: 'no JSON', texts: ['no JSON', pingText, forged] },
  { first: 'an expired token', texts: [authenticateText({ token: 'token-expired' }), authenticateText()] },
  { first: 'a token of a stranger', texts: [authenticateText({ token: 'token-u-stranger' }), authenticateText()] },
];
const frames = 40;
/** After how many frames `$disconnect` comes. */
const moments = [0, 1, 2, 10, frames];
const sandboxes = ['one', 'one each'] as const;
/** Beyond the threshold of hostile failures each one of them is weighed, blocks and is recorded. */
const addresses = [
  { address: 'unknown', hostileFailures: generousLimits.hostileFailures, mostUnits: 10, shows: 'no pass' },
  // The failure that crosses the threshold: the record of it and the block of three minutes' items come on top.
  { address: 'that is hostile', hostileFailures: 1, mostUnits: 13, shows: 'no pass' },
  // A pass whose allowance is used up is counted twice, and is trusted no longer.
  { address: 'unknown', hostileFailures: generousLimits.hostileFailures, mostUnits: 13, shows: 'a pass' },
  { address: 'that is hostile', hostileFailures: 1, mostUnits: 16, shows: 'a pass' },
];

/** Every call of a port that is paid for, and how many write units it is at the most. Refused conditions are paid, too. */
const writeUnits: Readonly<Record<string, number>> = {
  'connections.open': 1,
  'connections.acquireLease': 1,
  'connections.refuse': 1,
  'connections.timeOut': 1,
  'connections.end': 1,
  'connections.claimFarewell': 1,
  putRecord: 1,
  'addressCounters.countConnect': 1,
  'memberCounters.countHandshake': 1,
  // Of two hours, in the last quarter of one.
  'memberCounters.distrust': 2,
  'addressCounters.countRefusal': 1,
  'addressCounters.countHostileFailure': 2,
  // The window and the minutes of the first block, half a minute.
  'addressCounters.block': 3,
};
const free =
  /^(verifyToken|telemetry|timer\.send|connections\.read|readSession|sockets\.|findMemberships|streams\.|connections\.\w+ found)/;

const someonesPass = async (world: World): Promise<string | undefined> => {
  const chef = { issuer: 'demo', userId: 'u-chef', restaurantId: 'r-17', grantedAtMs: world.clock.nowMs };
  return passOf(await world.ports().ports.passKeys.toSign(periodOf(chef.grantedAtMs)), chef);
};

const cases = kinds.flatMap((kind) =>
  moments.flatMap((after) =>
    sandboxes.flatMap((sandbox) => addresses.map((address) => ({ ...kind, after, sandbox, ...address }))),
  ),
);

describe('frames of one socket without a valid token', () => {
  test.each(cases)(
    'first $first, `$disconnect` after $after, sandboxes: $sandbox, address $address, $shows shown',
    async ({ texts, after, sandbox, hostileFailures, mostUnits, shows }) => {
      const limits = { ...generousLimits, hostileFailures: hostileFailures, reentriesPerMinute: 0 };
      const world = memoryWorld(undefined, limits, sandbox);
      const door = platform(world);
      const headers = { 'Sec-WebSocket-Protocol': `maitred.v1, maitred.pass.${await someonesPass(world)}` };
      await door.connect(shows === 'a pass' ? { headers } : {});
      expect(door.rowOf()?.passMember !== undefined).toBe(shows === 'a pass');
      for (let nth = 0; nth < frames; nth++) {
        if (nth === after) await door.disconnected();
        await door.say(texts[nth % texts.length] ?? '');
      }
      if (after === frames) await door.disconnected();
      await drainQueue(world, door);

      const times = (is: RegExp): number => world.calls.filter((call) => is.test(call)).length;
      expect(times(/^verifyToken$/)).toBeLessThanOrEqual(1);
      expect(trailOf(world.audit).filter(({ kind }) => kind === 'attempt').length).toBeLessThanOrEqual(1);
      expect(times(/^sockets\./)).toBeLessThanOrEqual(2);
      const paid = world.calls.filter((call) => !free.test(call));
      expect(paid.filter((call) => writeUnits[call] === undefined)).toEqual([]);
      expect(paid.reduce((sum, call) => sum + (writeUnits[call] ?? 0), 0)).toBeLessThanOrEqual(mostUnits);
      // What is beyond the first is one read where a sandbox has not met it.
      expect(times(/^(connections\.read|readSession)$/)).toBeLessThanOrEqual(sandbox === 'one' ? 6 : frames + 6);
    },
  );
});

// Guard: the lease. One message of a connection gets it; nothing is verified, recorded or sent without it.
test.each(kinds)('a hundred messages at once, first $first, cost what one costs', async ({ texts }) => {
  const { door, world, letTimersRun } = await connected();
  const said = Array.from({ length: 100 }, (_, nth) => texts[nth % texts.length] ?? '');
  await Promise.all(said.map((text) => door.say(text)));
  await letTimersRun();
  const times = (call: string): number => world.calls.filter((one) => one === call).length;
  expect(times('verifyToken')).toBeLessThanOrEqual(1);
  expect(times('findMemberships')).toBeLessThanOrEqual(1);
  expect(times('putRecord')).toBe(1);
  expect(trailOf(world.audit)).toHaveLength(1);
  expect(times('addressCounters.countRefusal')).toBe(1);
  expect(times('addressCounters.countHostileFailure')).toBeLessThanOrEqual(1);
  // The timer that looks at its deadline finds it refused, and closes it once more.
  expect(times('sockets.post') + times('sockets.disconnect')).toBeLessThanOrEqual(4);
  // The deadline, armed at the handshake.
  expect(times('timer.send')).toBe(1);
  expect(world.connections.history.map(({ to }) => to)).toEqual(['pending', 'verifying', 'refused']);
});

test('silence costs the row, its timer, one settling and one record', async () => {
  const { world, letTimersRun } = await connected();
  await letTimersRun();
  expect(world.calls.filter((call) => !call.endsWith(' found'))).toEqual([
    'addressCounters.countConnect',
    'connections.open',
    'timer.send',
    'connections.read',
    'connections.timeOut',
    'addressCounters.countRefusal',
    'putRecord',
    'sockets.post',
    'sockets.disconnect',
  ]);
});

test('a connection said to be gone that speaks is told once, whoever hears it', async () => {
  const { door, world } = await connected();
  const row = door.rowOf();
  if (row === undefined) throw new Error('there is no row');
  const { ports } = world.ports();
  await ports.connections.end(row, 'pending', { endedBy: 'gone', atMs: world.clock.nowMs });
  for (let nth = 0; nth < 10; nth++) await door.say(nth % 2 === 0 ? pingText : forged);
  expect(door.socketOf('c-1=').received.map(({ message }) => message)).toMatchObject([
    { type: 'closing', reason: 'unavailable' },
  ]);
  expect(world.calls.filter((call) => call === 'sockets.disconnect')).toHaveLength(1);
});
