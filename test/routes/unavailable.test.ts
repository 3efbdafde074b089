/** Our own failures while somebody authenticates: nobody gets in by one, nobody is left without an answer or a record. */
import { describe, expect, test } from '@jest/globals';
import { trailOf } from '../memory/audit.ts';
import { type Conduct, down, when } from '../memory/port-call.ts';
import { hourMs } from '../memory/world.ts';
import { authenticateText, connected, pingText, type Room } from './conversation.ts';

const unavailable = { type: 'auth_error', reason: 'unavailable', code: 4500, reconnect: true };
const granted = { trail: 'r-17', kind: 'attempt', event: 'access_granted', detail: 'verified' };
const neverActivated = { trail: 'r-17', kind: 'end', event: 'session_ended', detail: 'never_seated' };
const forged = authenticateText({ token: 'forged', user_id: 'u-chef' });
const refused = { trail: 'unverified', kind: 'attempt', event: 'token_invalid', detail: 'signature_bad' };

const failedParts = ({ world }: Room) => world.telemetry.failures.map(({ what }) => what);

describe('a write of the row that has no answer once', () => {
  test.each(['connections.acquireLease', 'connections.grant', 'connections.activate'] as const)(
    '%s is asked for again, and the client is authenticated',
    async (call) => {
      for (const fate of ['lost', 'answer_lost', 'retried'] as const) {
        const { door, world } = await connected();
        await door.say(authenticateText(), { conduct: when(call, fate) });
        expect(door.readBy()).toMatchObject([{ type: 'auth_success' }]);
        expect(door.rowOf()?.status).toBe('authenticated');
        expect(trailOf(world.audit)).toEqual([granted]);
      }
    },
  );
});

describe('a table that stays away', () => {
  test('at the lease: the client is told, closed and recorded, once', async () => {
    const room = await connected();
    const { door, world, letTimersRun } = room;
    await door.say(authenticateText(), { conduct: down('connections.acquireLease') });
    expect(door.readBy()).toMatchObject([unavailable]);
    expect(door.socketOf('c-1=').state).toBe('closed');
    await letTimersRun();
    expect(trailOf(world.audit)).toEqual([
      { trail: 'unverified', kind: 'attempt', event: 'verification_unavailable', detail: 'tables_unreachable' },
    ]);
    expect(failedParts(room)).toContain('claim');
  });

  test('at the answers to the lease: the client is told and closed all the same, and recorded once', async () => {
    const { door, world, letTimersRun } = await connected();
    const conduct: Conduct = (call) => (call === 'connections.acquireLease' ? 'answer_lost' : 'done');
    await door.say(authenticateText(), { conduct });
    expect(door.rowOf()?.status).toBe('verifying');
    expect(door.readBy()).toMatchObject([unavailable]);
    expect(door.socketOf('c-1=').state).toBe('closed');
    await letTimersRun();
    expect(trailOf(world.audit)).toMatchObject([{ event: 'verification_unavailable', detail: 'tables_unreachable' }]);
  });

  test.each([
    { at: 'the grant', call: 'connections.grant', left: 'verifying', settled: 'lapsed' },
    { at: 'the activation', call: 'connections.activate', left: 'granting', settled: 'unseated' },
  ])(
    'at $at: the client is told at once, and the timer settles the row and closes',
    async ({ call, left, settled }) => {
      const room = await connected();
      const { door, world, letTimersRun } = room;
      await door.say(authenticateText(), { conduct: down(call) });
      expect(door.readBy()).toMatchObject([unavailable]);
      // Until then: a close would let `$disconnect` remove the row before there is a record.
      expect(door.socketOf('c-1=').state).toBe('open');
      expect(door.rowOf()?.status).toBe(left);
      expect(failedParts(room)).toEqual(['seat']);
      await letTimersRun();
      expect(door.rowOf()?.status).toBe(settled);
      expect(door.socketOf('c-1=').state).toBe('closed');
      expect(trailOf(world.audit)).toEqual(
        settled === 'unseated'
          ? [granted, neverActivated]
          : [{ trail: 'unverified', kind: 'attempt', event: 'verification_unavailable', detail: 'lease_lapsed' }],
      );
    },
  );

  test('at a refusal: the refusal is told and recorded all the same, and the timer settles the row', async () => {
    const room = await connected();
    const { door, world, letTimersRun } = room;
    await door.say(forged, { conduct: down('connections.refuse') });
    expect(door.readBy()).toMatchObject([{ type: 'auth_error', reason: 'token_invalid' }]);
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(failedParts(room)).toEqual(['refuse']);
    await letTimersRun();
    expect(door.rowOf()?.status).toBe('lapsed');
    expect(trailOf(world.audit)).toEqual([refused]);
  });

  test.each([
    {
      at: 'the read of any other message: the timer closes',
      calls: ['readSession', 'connections.read'],
      reason: 'auth_timeout',
    },
    {
      at: 'the lease for any other message: it is refused',
      calls: ['connections.acquireLease'],
      reason: 'unavailable',
    },
  ])('at $at', async ({ calls, reason }) => {
    const { door, world, letTimersRun } = await connected();
    await door.say(pingText, { conduct: down(...calls) });
    await letTimersRun();
    expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_error', reason });
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(world.audit)).toHaveLength(1);
  });
});

describe('an audit table that is down', () => {
  test.each([
    { why: 'nothing was written', conduct: (): Conduct => down('putRecord') },
    { why: 'only the answer was lost', conduct: (): Conduct => when('putRecord', 'answer_lost') },
  ])('turns a success into unavailable with a grant that is abandoned ($why)', async ({ conduct }) => {
    const { door, world, letTimersRun } = await connected();
    await door.say(authenticateText(), { conduct: conduct() });
    expect(door.readBy()).toMatchObject([unavailable]);
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(door.rowOf()?.status).toBe('unseated');
    await letTimersRun();
    expect(door.rowOf()?.status).toBe('unseated');
    expect(trailOf(world.audit)).toEqual([granted, neverActivated]);
  });

  test('does so for a platform owner when only the second record fails', async () => {
    const { door, world, letTimersRun } = await connected();
    await door.say(authenticateText({ token: 'token-u-platform' }), { conduct: when('putRecord', 'lost', 2) });
    expect(door.readBy()).toMatchObject([unavailable]);
    await letTimersRun();
    expect(trailOf(world.audit).map(({ event }) => event)).toEqual([
      'access_granted',
      'platform_owner_access',
      'session_ended',
    ]);
  });

  test('leaves a refusal standing: its record waits in the queue until the table takes it', async () => {
    const room = await connected();
    const { door, world, wait } = room;
    await door.say(forged, { conduct: down('putRecord') });
    expect(door.readBy()).toMatchObject([{ type: 'auth_error', reason: 'token_invalid' }]);
    expect(door.rowOf()?.status).toBe('refused');
    expect(world.telemetry.records).toMatchObject([{ fate: 'queued', record: { event: 'token_invalid' } }]);
    expect(failedParts(room)).toEqual(['audit_write']);
    expect(trailOf(world.audit)).toEqual([]);

    wait(5_000);
    const [queued] = door.takeDue();
    if (queued === undefined) throw new Error('nothing was queued');
    for (let receives = 0; receives < 3; receives++)
      expect(await door.receive(queued, down('putRecord'))).toBe('failed');
    await room.letTimersRun();
    expect(trailOf(world.audit)).toEqual([refused]);
  });

  test('and a queue that is down leave the record to the log, and the refusal standing', async () => {
    const room = await connected();
    await room.door.say(forged, { conduct: down('putRecord', 'timer.send') });
    expect(room.door.readBy()).toMatchObject([{ type: 'auth_error', reason: 'token_invalid' }]);
    expect(room.world.telemetry.records).toMatchObject([{ fate: 'logged_only', record: { event: 'token_invalid' } }]);
    expect(failedParts(room)).toEqual(['audit_write', 'audit_queue']);
  });

  test('gives a record up only after ten deliveries, into the queue for the dead', async () => {
    const { door, world, wait } = await connected();
    await door.say(forged, { conduct: down('putRecord') });
    while (world.queue.waiting.length > 0) {
      wait(30_000);
      for (const due of door.takeDue()) await door.receive(due, down('putRecord'));
    }
    expect(world.queue.deadLetters).toMatchObject([{ receives: 10, body: expect.stringContaining('"kind":"record"') }]);
  });
});

describe('a last message that cannot be sent', () => {
  test('does not keep the connection open', async () => {
    const room = await connected();
    await room.door.say(forged, { conduct: down('sockets.post') });
    expect(room.door.readBy()).toEqual([]);
    expect(room.door.socketOf('c-1=').state).toBe('closed');
    expect(failedParts(room)).toEqual(['last_message']);
  });

  test('nor does a close that fails: the timer closes what is refused', async () => {
    const { door, letTimersRun } = await connected();
    await door.say(forged, { conduct: down('sockets.disconnect') });
    expect(door.socketOf('c-1=').state).toBe('open');
    await letTimersRun();
    expect(door.socketOf('c-1=').state).toBe('closed');
  });

  test('to a client that has left is no failure', async () => {
    const room = await connected();
    room.door.leave();
    await room.door.say(forged);
    expect(failedParts(room)).toEqual([]);
    expect(room.door.rowOf()).toMatchObject({ status: 'refused' });
  });
});

test('whatever is down, nobody is authenticated by it', async () => {
  const calls = [
    'connections.acquireLease',
    'verifyToken',
    'findMemberships',
    'connections.grant',
    'putRecord',
    'connections.activate',
  ];
  for (const call of calls) {
    const { door, letTimersRun, wait } = await connected();
    await door.say(authenticateText(), { conduct: down(call) });
    await letTimersRun();
    wait(hourMs);
    expect({ call, status: door.rowOf()?.status }).not.toMatchObject({ status: 'authenticated' });
    expect({ call, socket: door.socketOf('c-1=').state }).toEqual({ call, socket: 'closed' });
  }
});
