import { describe, expect, test } from '@jest/globals';
import { trailOf } from '../memory/audit.ts';
import { down } from '../memory/port-call.ts';
import { hourMs, startMs } from '../memory/world.ts';
import { authenticated, authenticateText, pingText } from './conversation.ts';

const end = { trail: 'r-17', kind: 'end' };

describe('a session', () => {
  test('answers ping with the time and its own end, without a write', async () => {
    const { door, world, wait } = await authenticated();
    wait(60_000);
    world.calls.length = 0;
    await door.say(JSON.stringify({ type: 'ping', restaurant_id: '' }));
    expect(door.readBy().at(-1)).toEqual({
      type: 'pong',
      session_expires_at: new Date(startMs + hourMs).toISOString(),
      epoch: null,
      head_seq: 0,
      timestamp: new Date(startMs + 60_000).toISOString(),
    });
    expect(world.calls).toEqual(['readSession', 'readAuthorization']);
  });

  test('is read together with its authorization from its second message on', async () => {
    const { door, world } = await authenticated();
    await door.say(pingText);
    world.calls.length = 0;
    await door.say(pingText);
    expect(world.calls).toEqual(['readSession']);
    expect(door.readBy().at(-1)).toMatchObject({ type: 'pong' });
  });

  test('is served though its row and its authorization cannot be read together', async () => {
    const { door } = await authenticated();
    await door.say(pingText, { conduct: down('readSession') });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'pong' });
  });

  test('ends at the next message after a revocation, whether or not its authorization came with its row', async () => {
    for (const pings of [0, 1]) {
      const { door, world } = await authenticated();
      for (let i = 0; i < pings; i++) await door.say(pingText);
      world.memberships.clear();
      await door.say(pingText);
      expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
    }
  });

  test.each([
    { text: '{"type":"order.unheard"}', reason: 'unknown_type' },
    { text: '{"type":"order.unheard","id":"m-7"}', reason: 'unknown_type', id: 'm-7' },
    { text: '{"type":"order.unheard","id":"<script>"}', reason: 'unknown_type' },
    { text: '{"type":"auth_success","id":7}', reason: 'unknown_type' },
    { text: 'hello', reason: 'malformed_message' },
    { text: '', reason: 'malformed_message' },
    { text: '{"type":["ping"]}', reason: 'malformed_message' },
    { text: JSON.stringify({ type: 'ping', padding: 'x'.repeat(16 * 1024) }), reason: 'malformed_message' },
  ])('answers $text with $reason and stays', async ({ text, reason, id }) => {
    const { door } = await authenticated();
    await door.say(text);
    const answer = door.readBy().at(-1);
    expect(answer).toMatchObject({ type: 'error', reason });
    expect(answer?.['id']).toBe(id);
    expect(door.socketOf('c-1=').state).toBe('open');
    expect(door.rowOf()?.status).toBe('authenticated');
  });

  test('answers an authenticate that was routed elsewhere, and renews nothing by it', async () => {
    const { door } = await authenticated();
    const before = door.rowOf();
    await door.say(authenticateText(), { route: 'message' });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'malformed_message' });
    expect(door.rowOf()).toEqual(before);
  });

  test('answers a frame of the other route that is no authenticate, and stays', async () => {
    const { door } = await authenticated();
    await door.say(pingText, { route: 'authenticate' });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'malformed_message' });
    expect(door.rowOf()?.status).toBe('authenticated');
  });
});

describe('the end of a session', () => {
  const messages = [
    { why: 'a ping', text: pingText },
    { why: 'something unknown', text: '{"type":"order.unheard"}' },
    { why: 'no JSON', text: 'hello' },
    { why: 'a renewal', text: authenticateText() },
    { why: 'a renewal that is refused', text: authenticateText({ token: 'forged' }) },
    { why: 'a renewal with wrong field types', text: authenticateText({ token: 7 }) },
  ];

  test.each(messages)('is the answer to $why at its expiry, and it is closed', async ({ text }) => {
    const { door, world, wait } = await authenticated();
    wait(hourMs);
    await door.say(text);
    expect(door.readBy().slice(1)).toMatchObject([
      { type: 'closing', reason: 'session_expired', code: 4003, reconnect: true, reauthenticate: true },
    ]);
    expect(door.socketOf('c-1=')).toMatchObject({ state: 'closed', closedBy: 'gateway' });
    expect(door.rowOf()).toMatchObject({ status: 'closing', closingReason: 'session_expired' });
    expect(trailOf(world.audit).slice(1)).toEqual([{ ...end, event: 'session_expired', detail: 'lifetime_over' }]);
  });

  test.each(messages.slice(0, 4))('is not yet the answer to $why a millisecond before it', async ({ text }) => {
    const { door, wait } = await authenticated();
    wait(hourMs - 1);
    await door.say(text);
    expect(door.readBy().at(-1)?.['type']).not.toBe('closing');
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test('that a crash cut short is finished by the next message, by its first reason', async () => {
    const { door, world, wait } = await authenticated();
    wait(hourMs);
    await door.say(pingText, { conduct: (call) => (call === 'putRecord' ? 'stops_before' : 'done') });
    expect(door.rowOf()?.status).toBe('closing');
    expect(door.socketOf('c-1=').state).toBe('open');
    await door.say(authenticateText());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'session_expired' });
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(world.audit).slice(1)).toEqual([{ ...end, event: 'session_expired', detail: 'lifetime_over' }]);
  });
});
