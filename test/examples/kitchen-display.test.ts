/** The board of examples/kitchen-display without the page. test/example-apps has the page in Chromium. */
import { describe, expect, test } from '@jest/globals';
import type { ClientState, RestaurantEvent, SessionInfo } from '../../client/src/index.ts';
import {
  type Board,
  checked,
  emptyBoard,
  readBoard,
  withEvent,
  withHoles,
  writeBoard,
} from '../../examples/kitchen-display/src/board.ts';
import { wordsOf } from '../../examples/kitchen-display/src/words.ts';

const at = '2026-11-27T18:00:00.000Z';
const event = (type: string, data: unknown): RestaurantEvent => {
  const place = { id: 'evt_1', seq: 1, prevSeq: 0, epoch: 'e', restaurantId: 'r-17', timestamp: at };
  return { ...place, type, data, raw: '', userId: undefined, connectionType: undefined };
};
const created = (order_id: unknown, more: object = {}) => event('order.created', { order_id, table: 4, ...more });
const changed = (order_id: unknown, status: unknown) => event('order.status_changed', { order_id, status });
const of = (...events: readonly RestaurantEvent[]): Board => events.reduce(withEvent, emptyBoard);
const shown = ({ cards }: Board) => cards.map(({ id, column }) => `${id} ${column}`);

describe('the board', () => {
  test.each([
    { why: 'an order as new', events: [created('o-1')], cards: ['o-1 new'] },
    { why: 'a confirmed one as new', events: [created('o-1'), changed('o-1', 'confirmed')], cards: ['o-1 new'] },
    { why: 'one that is being cooked', events: [created(7), changed(7, 'preparing')], cards: ['7 cooking'] },
    { why: 'one that is ready', events: [created('o-1'), changed('o-1', 'ready')], cards: ['o-1 ready'] },
    { why: 'none that is served', events: [created('o-1'), changed('o-1', 'completed')], cards: [] },
    { why: 'none that was cancelled', events: [created('o-1'), changed('o-1', 'cancelled')], cards: [] },
    {
      why: 'an order once, though it comes twice',
      events: [created('o-1'), changed('o-1', 'ready'), created('o-1')],
      cards: ['o-1 ready'],
    },
    { why: 'nothing of an order that it never had', events: [changed('o-9', 'ready')], cards: [] },
    { why: 'no status that it does not know', events: [created('o-1'), changed('o-1', 'burnt')], cards: ['o-1 new'] },
    { why: 'nothing of other events', events: [event('menu.updated', null)], cards: [] },
  ])('has $why', ({ events, cards }) => {
    expect(shown(of(...events))).toEqual(cards);
  });

  test('reads dishes as tills say them', () => {
    const items = ['soup', { name: 'tea', quantity: 2 }, { name: 'cake' }, 7, null];
    expect(of(created('o-1', { items })).cards[0]).toEqual({
      id: 'o-1',
      table: '4',
      dishes: ['soup', '2 × tea', 'cake', '?', '?'],
      column: 'new',
      at,
    });
  });

  test('says from when on orders may be missing until somebody has looked', () => {
    const holes = withHoles(of(created('o-1')), at);
    expect([holes.mayMissBefore, shown(holes)]).toEqual([at, ['o-1 new']]);
    expect(checked(holes).mayMissBefore).toBeUndefined();
  });

  test.each([
    { why: 'what was kept', text: writeBoard(of(created('o-1'))), board: of(created('o-1')) },
    { why: 'nothing at the first start', text: null, board: emptyBoard },
    {
      why: 'an older page kept it, so orders are missing',
      text: '{"version":0,"board":[]}',
      board: withHoles(emptyBoard, at),
    },
    {
      why: 'half of it was written, so orders are missing',
      text: '{"version":1,"bo',
      board: withHoles(emptyBoard, at),
    },
  ])('after a reload is as it was: $why', ({ text, board }) => {
    expect(readBoard(text, at)).toEqual(board);
  });
});

const waits = (more: object) =>
  ({ status: 'waiting', why: 'backoff', retryAt: 0, failures: 1, cause: undefined, ...more }) as ClientState;
const session = { userId: 'u-chef' } as SessionInfo;
const live = { status: 'connected', session, events: 'live', handOver: 'none' } as const;

test.each<{ state: ClientState; tone: string; says: RegExp; asks?: boolean }>([
  { state: { status: 'connecting', step: 'socket' }, tone: 'busy', says: /Connecting/ },
  { state: live, tone: 'good', says: /^Live$/ },
  { state: { ...live, events: 'catching_up' }, tone: 'busy', says: /missed/ },
  { state: waits({}), tone: 'bad', says: /No connection.*at 19:02.*kept/ },
  { state: waits({ why: 'offline' }), tone: 'bad', says: /No network/ },
  { state: waits({ why: 'token_refused' }), tone: 'bad', says: /refused/, asks: true },
  { state: waits({ cause: { kind: 'token', message: '' } }), tone: 'bad', says: /Nobody is signed in/, asks: true },
  {
    state: { status: 'ended', end: { why: 'refused', reason: 'access_denied', error: 'Access denied' } },
    tone: 'bad',
    says: /Access denied/,
    asks: true,
  },
  { state: { status: 'ended', end: { why: 'internal_error', error: 'oh' } }, tone: 'bad', says: /load it again/ },
])('the page says of the connection: $says', ({ state, tone, says, asks = false }) => {
  expect(wordsOf(state, '19:02')).toEqual({ tone, text: expect.stringMatching(says), asksForToken: asks });
});
