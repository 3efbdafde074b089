/** The screen of examples/expo-app without the phone: its list of orders, and what it says of the connection. */
import { describe, expect, test } from '@jest/globals';
import type { ClientState, Pending, RestaurantEvent, SessionInfo } from '../../client/src/index.ts';
import { noticeOf } from '../../examples/expo-app/src/notice.ts';
import {
  type Action,
  nextOf,
  noOrders,
  type Order,
  reduce,
  returnedWords,
  rowsOf,
  type Status,
} from '../../examples/expo-app/src/orders.ts';

const heard = (type: string, data: unknown): Action => {
  const place = {
    id: 'evt_1',
    seq: 1,
    prevSeq: 0,
    epoch: 'e',
    restaurantId: 'r-17',
    timestamp: '2026-11-27T18:00:00.000Z',
  };
  const event: RestaurantEvent = { ...place, type, data, raw: '', userId: undefined, connectionType: undefined };
  return { kind: 'heard', event };
};
const created = (id: string, dish = 'soup') => heard('order.created', { order_id: id, table: '4', dish });
const changed = (id: string, status: string) => heard('order.status_changed', { order_id: id, status });
const of = (...actions: readonly Action[]) => actions.reduce(reduce, noOrders);

const waits = (type: string, data: unknown, state: Pending['state'] = 'waiting'): Pending => {
  const returned: Pending['returned'] = state === 'returned' ? { code: 'other_user', reason: 'other_user' } : undefined;
  return { id: 'p-1', type, data, since: 0, user: undefined, isKept: true, state, returned };
};
const shown = (actions: readonly Action[], pending: readonly Pending[] = []) =>
  rowsOf(of(...actions), pending).map(({ id, status, isSent }) => `${id} ${status}${isSent ? '' : ' unsent'}`);

describe('the list of orders', () => {
  test.each([
    { why: 'an order that was heard', actions: [created('o-1')], rows: ['o-1 pending'] },
    { why: 'its newest status', actions: [created('o-1'), changed('o-1', 'preparing')], rows: ['o-1 preparing'] },
    {
      why: 'ready dishes first',
      actions: [created('o-1'), created('o-2'), changed('o-2', 'ready')],
      rows: ['o-2 ready', 'o-1 pending'],
    },
    {
      why: 'no order that is done',
      actions: [created('o-1'), created('o-2'), changed('o-1', 'completed'), changed('o-2', 'cancelled')],
      rows: [],
    },
    { why: 'nothing of an order that it never heard of', actions: [changed('o-9', 'ready')], rows: [] },
    {
      why: 'no status that it does not know',
      actions: [created('o-1'), changed('o-1', 'burnt')],
      rows: ['o-1 pending'],
    },
    { why: 'nothing of other events', actions: [heard('menu.updated', { order_id: 'o-1' })], rows: [] },
  ])('has $why', ({ actions, rows }) => {
    expect(shown(actions)).toEqual(rows);
  });

  test.each([
    {
      why: 'an order of its own at once',
      actions: [],
      pending: [waits('order.created', { order_id: 'o-1', table: '4', dish: 'tea' })],
      rows: ['o-1 pending unsent'],
    },
    {
      why: 'a status of its own at once',
      actions: [created('o-1'), changed('o-1', 'ready')],
      pending: [waits('order.status_changed', { order_id: 'o-1', status: 'completed' })],
      rows: [],
    },
    {
      why: 'a status of an order that is unsent itself',
      actions: [],
      pending: [
        waits('order.created', { order_id: 'o-1' }),
        waits('order.status_changed', { order_id: 'o-1', status: 'confirmed' }),
      ],
      rows: ['o-1 confirmed unsent'],
    },
    {
      why: 'not what was given back',
      actions: [created('o-1')],
      pending: [waits('order.status_changed', { order_id: 'o-1', status: 'cancelled' }, 'returned')],
      rows: ['o-1 pending'],
    },
  ])('with what waits in the outbox has $why', ({ actions, pending, rows }) => {
    expect(shown(actions, pending)).toEqual(rows);
  });

  test('after a gap says that orders may be missing, and keeps what was heard since over an older snapshot', () => {
    const before = of(created('o-1'), { kind: 'gap' });
    expect(before.holes).toBe(true);
    const stale: readonly Order[] = [
      { id: 'o-1', table: '4', dish: 'soup', status: 'ready' },
      { id: 'o-2', table: '5', dish: 'tea', status: 'pending' },
    ];
    const after = [changed('o-1', 'cancelled'), { kind: 'snapshot', orders: stale } as const].reduce(reduce, before);
    expect(after.holes).toBe(false);
    expect(rowsOf(after, []).map(({ id }) => id)).toEqual(['o-2']);
  });

  test('forgets by a snapshot what it has no more', () => {
    const after = of(created('o-1'), { kind: 'gap' }, { kind: 'snapshot', orders: [] });
    expect(rowsOf(after, [])).toEqual([]);
  });

  test.each<{ status: Status; next: readonly Status[] }>([
    { status: 'pending', next: ['cancelled'] },
    { status: 'preparing', next: [] },
    { status: 'ready', next: ['completed'] },
    { status: 'completed', next: [] },
  ])('offers for an order that is $status: $next', ({ status, next }) => {
    expect(nextOf(status)).toEqual(next);
  });

  test('says of what was given back what it was and why', () => {
    const order = waits('order.created', { order_id: 'o-1', table: '4', dish: 'soup' }, 'returned');
    expect(returnedWords(order)).toBe('Came back (other_user): table 4, dish soup, order_id o-1');
  });
});

const now = 1_000_000;
const waiting = (why: 'backoff' | 'offline' | 'background' | 'token_refused', cause?: unknown) =>
  ({ status: 'waiting', why, retryAt: now + 11_500, failures: 1, cause }) as ClientState;
const session = { userId: 'u-cashier' } as SessionInfo;
const connected = { status: 'connected', session, events: 'live', handOver: 'none' } as const;

describe('what the screen says', () => {
  test.each<{ why: string; state: ClientState; tone: string; says: RegExp; wants?: string }>([
    { why: 'while it signs in', state: { status: 'connecting', step: 'token' }, tone: 'busy', says: /Signing in/ },
    { why: 'while it enters', state: { status: 'connecting', step: 'authentication' }, tone: 'busy', says: /Entering/ },
    { why: 'when it is live', state: connected, tone: 'good', says: /^Live$/ },
    {
      why: 'while a connection is renewed',
      state: { ...connected, handOver: 'under_way' },
      tone: 'good',
      says: /renewing/,
    },
    { why: 'while it fetches', state: { ...connected, events: 'catching_up' }, tone: 'busy', says: /missed/ },
    { why: 'without a network', state: waiting('offline'), tone: 'bad', says: /kept and sent later/ },
    { why: 'in the background', state: waiting('background'), tone: 'busy', says: /background/ },
    { why: 'after a refused token', state: waiting('token_refused'), tone: 'bad', says: /sign-in/, wants: 'sign_in' },
    {
      why: 'while it waits',
      state: waiting('backoff', { kind: 'handshake' }),
      tone: 'bad',
      says: /^No connection. Next try in 12 s/,
    },
    {
      why: 'after a last message',
      state: waiting('backoff', { kind: 'final_message', reason: 'x', error: 'Busy' }),
      tone: 'bad',
      says: /said: Busy/,
    },
    {
      why: 'without a token',
      state: waiting('backoff', { kind: 'token', message: 'no login' }),
      tone: 'bad',
      says: /no login/,
      wants: 'sign_in',
    },
    {
      why: 'when it was refused for good',
      state: { status: 'ended', end: { why: 'refused', reason: 'access_denied', error: 'Access denied' } },
      tone: 'bad',
      says: /access_denied/,
      wants: 'sign_in',
    },
    {
      why: 'when the client failed',
      state: { status: 'ended', end: { why: 'internal_error', error: 'oh' } },
      tone: 'bad',
      says: /oh/,
      wants: 'restart',
    },
    {
      why: 'when it was closed',
      state: { status: 'ended', end: { why: 'closed' } },
      tone: 'busy',
      says: /Signed out/,
      wants: 'sign_in',
    },
  ])('$why', ({ state, tone, says, wants }) => {
    const notice = noticeOf(state, now);
    expect(notice).toMatchObject({ tone, text: expect.stringMatching(says) });
    expect(notice.wants).toBe(wants);
  });
});
