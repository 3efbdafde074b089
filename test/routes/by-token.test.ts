/** A session whose membership came from its token, through every route that looks at memberships. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimProblem } from '../../lambdas/access/claimed-memberships.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { redeliver } from '../../lambdas/routes/redeliver.ts';
import { trailOf } from '../memory/audit.ts';
import { enrol } from '../memory/memberships.ts';
import { allGoesWell, down } from '../memory/port-call.ts';
import { hourMs, startMs } from '../memory/world.ts';
import { authenticateText, connected, pingText, type Room } from './conversation.ts';
import type { Role } from '../../protocol/identifiers.ts';

const user = { issuer: 'demo', userId: 'u-guest' };
const row = { ...user, restaurantId: 'r-17', role: 'employee' };
type Said = Readonly<{ role: Role }> | Readonly<{ problem: ClaimProblem }>;

/** A token of somebody who is in no table. */
const give = ({ world }: Room, token: string, said: Said | undefined, lastsMs = hourMs): void => {
  const claimedMemberships = new Map(said === undefined ? [] : [['r-17', said]]);
  world.tokens.set(token, { ...user, issuedAtMs: startMs, expiresAtMs: startMs + lastsMs, claimedMemberships });
};

/** The guest is in by a claim, at a kitchen display. */
const guest = async (role: Role = 'employee', lastsMs = hourMs): Promise<Room> => {
  const room = await connected();
  give(room, 'by-claim', { role }, lastsMs);
  await room.door.say(authenticateText({ token: 'by-claim' }));
  return room;
};
const last = ({ door }: Room) => door.readBy().at(-1);
const sessionOf = ({ door }: Room) => {
  const found = door.rowOf();
  return found?.status === 'authenticated' ? found.session : undefined;
};
const sourcesOf = ({ world }: Room) => [...world.audit.values()].map(({ membershipSource }) => membershipSource);
const suspend = ({ world }: Room) => enrol(world.memberships, { ...row, role: 'none', suspendedAtMs: startMs });
const event = (id: string) => ({
  messageId: id,
  receiptHandle: 'receipt',
  body: JSON.stringify({ v: 1, type: 'order.created', id, data: { order_id: 1 } }),
  attributes: { MessageGroupId: 'r-17', SentTimestamp: '1', ApproximateReceiveCount: '1' },
});
const publish = ({ world }: Room, id: string, conduct = allGoesWell) =>
  fanOut(world.ports(conduct).ports)({ Records: [event(id)] });
const seqsHeard = ({ door }: Room) => door.readBy().flatMap(({ seq }) => (seq === undefined ? [] : [seq]));

describe('somebody in no table whose token has the claim', () => {
  test('is in; the row and the record say by what', async () => {
    const room = await guest();
    expect(last(room)).toMatchObject({ type: 'auth_success', role: 'employee', user_id: 'u-guest' });
    expect(sessionOf(room)).toMatchObject({ membershipSource: 'token' });
    expect(sourcesOf(room)).toEqual(['token']);
  });

  test.each([
    { why: 'a ping', text: pingText, type: 'pong' },
    { why: 'a replay', text: '{"type":"replay","after":0}', type: 'replayed' },
    {
      why: 'a publication',
      text: JSON.stringify({ type: 'order.status_changed', id: 'i-1', data: { order_id: 17, status: 'ready' } }),
      type: 'accepted',
    },
  ])('is answered $why; suspended, put out at it', async ({ text, type }) => {
    const room = await guest();
    await room.door.say(text);
    expect(last(room)).toMatchObject({ type });
    suspend(room);
    await room.door.say(text);
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(room.door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(room.world.audit).at(-1)).toMatchObject({ event: 'session_revoked' });
    expect(sourcesOf(room)).toEqual(['token', 'token']);
  });

  test('hears events; suspended, none, in a post that is made again neither', async () => {
    const room = await guest();
    await publish(room, 'a');
    expect(seqsHeard(room)).toEqual([1]);
    await publish(room, 'b', down('sockets.post'));
    suspend(room);
    const [due] = room.world.redeliveries.waiting.splice(0);
    room.world.clock.nowMs = due?.dueAtMs ?? 0;
    await redeliver(room.world.ports().ports)({ Records: due === undefined ? [] : [due] });
    expect(seqsHeard(room)).toEqual([1]);
    await publish(room, 'c');
    expect(seqsHeard(room)).toEqual([1]);
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'revoked' });
  });

  test('hears what is posted again while they are not', async () => {
    const room = await guest();
    await publish(room, 'a', down('sockets.post'));
    const [due] = room.world.redeliveries.waiting.splice(0);
    room.world.clock.nowMs = due?.dueAtMs ?? 0;
    await redeliver(room.world.ports().ports)({ Records: due === undefined ? [] : [due] });
    expect(seqsHeard(room)).toEqual([1]);
  });

  test('is put out by a row that narrows them to something else', async () => {
    const room = await guest();
    enrol(room.world.memberships, { ...row, connectionTypes: ['pos'] });
    await room.door.say(pingText);
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'revoked' });
  });

  test('is in until the token ends, and no longer', async () => {
    const room = await guest('employee', 10 * 60_000);
    expect(sessionOf(room)).toMatchObject({ sessionExpiresAtMs: startMs + 10 * 60_000 });
    room.wait(10 * 60_000);
    await publish(room, 'a');
    expect(seqsHeard(room)).toEqual([]);
    await room.door.say(pingText);
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'session_expired' });
  });
});

describe('a renewal of theirs', () => {
  const renew = async (room: Room, said: Said | undefined, lastsMs = 1.5 * hourMs): Promise<void> => {
    give(room, 'next', said, lastsMs);
    await room.door.say(JSON.stringify({ type: 'reauth', data: { token: 'next' } }));
  };

  test('with the claim keeps the session, to the new token’s end', async () => {
    const room = await guest();
    await renew(room, { role: 'manager' });
    expect(last(room)).toMatchObject({ type: 'auth_success', role: 'manager' });
    expect(sessionOf(room)).toMatchObject({ sessionExpiresAtMs: startMs + 1.5 * hourMs, membershipSource: 'token' });
    expect(sourcesOf(room)).toEqual(['token', 'token']);
  });

  test.each<{ why: string; said: Said | undefined; detail: string }>([
    { why: 'without the claim', said: undefined, detail: 'membership_missing' },
    {
      why: 'with a claim that cannot be used',
      said: { problem: 'membership_claim_malformed' },
      detail: 'membership_claim_malformed',
    },
  ])('$why ends it as revoked, and is no attempt at another restaurant', async ({ said, detail }) => {
    const room = await guest();
    await renew(room, said);
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'revoked', reconnect: false });
    expect(trailOf(room.world.audit).slice(1)).toMatchObject([
      { event: 'session_revoked', detail },
      { kind: 'end', event: 'session_revoked' },
    ]);
  });

  test('with a role that may not be what the device is ends it', async () => {
    const room = await guest();
    await renew(room, { role: 'customer_display' });
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'access_denied' });
  });

  test('without the claim and with a row goes on by the row, and ends with it', async () => {
    const room = await guest();
    enrol(room.world.memberships, row);
    await renew(room, undefined);
    expect(sessionOf(room)).toMatchObject({ membershipSource: 'table' });
    room.world.memberships.clear();
    await room.door.say(pingText);
    expect(last(room)).toMatchObject({ type: 'closing', reason: 'revoked' });
  });

  test('by a token that ends sooner leaves the session what it stands by', async () => {
    const room = await guest();
    await renew(room, { role: 'employee' }, 60_000);
    expect(last(room)).toMatchObject({ type: 'auth_success' });
    expect(sessionOf(room)).toMatchObject({ sessionExpiresAtMs: startMs + hourMs, membershipSource: 'token' });

    const byRow = await connected();
    enrol(byRow.world.memberships, row);
    give(byRow, 'by-row', undefined);
    await byRow.door.say(authenticateText({ token: 'by-row' }));
    await renew(byRow, { role: 'employee' }, 60_000);
    expect(sessionOf(byRow)).toMatchObject({ sessionExpiresAtMs: startMs + hourMs, membershipSource: 'table' });
  });
});

test('an event for a restaurant that an issuer’s entry names is numbered, though nobody is there yet', async () => {
  const { world } = await connected();
  world.namedByIssuers.add('acme-1');
  const attributes = { ...event('a').attributes, MessageGroupId: 'acme-1' };
  await fanOut(world.ports().ports)({ Records: [{ ...event('a'), attributes }] });
  expect(world.streams.get('acme-1')?.head?.headSeq).toBe(1);
});
