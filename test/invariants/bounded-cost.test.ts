/** I13: what a socket costs that never becomes a session, however much it says. */
import { expect, test } from '@jest/globals';
import { trailOf } from '../memory/audit.ts';
import { authenticateText, connected, pingText } from '../routes/conversation.ts';

const forged = authenticateText({ token: 'forged' });
const kinds = [
  { first: 'a forged token', texts: [forged, pingText, 'no JSON'] },
  { first: 'a ping', texts: [pingText, forged, 'no JSON'] },
  { first: 'no JSON', texts: ['no JSON', pingText, forged] },
  { first: 'an expired token', texts: [authenticateText({ token: 'token-expired' }), authenticateText()] },
  { first: 'a token of a stranger', texts: [authenticateText({ token: 'token-u-stranger' }), authenticateText()] },
];

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
