import { describe, expect, test } from '@jest/globals';
import {
  type Attempt,
  type AuditItem,
  type Heard,
  judgeDeliveries,
  judgeRecords,
  judgeSize,
  type Listener,
  type Row,
} from './oracle.ts';

const wrongIn = (rows: readonly Row[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(rows.filter(({ wrong }) => wrong.length > 0).map(({ what, wrong }) => [what, wrong]));

const heard = (mark: string, seq: number, more: Partial<Heard> = {}): Heard => ({
  mark,
  seq,
  restaurantId: 'r-1',
  type: 'order.created',
  ...more,
});

const listener = (name: string, all: readonly Heard[], more: Partial<Listener> = {}): Listener => ({
  name,
  restaurantId: 'r-1',
  connectionType: 'kitchen',
  kind: 'whole',
  heard: all,
  complaints: [],
  ...more,
});

const accepted = ['a', 'b'].map((mark) => ({ mark, restaurantId: 'r-1', type: 'order.created' }));
const both = [heard('a', 1), heard('b', 2)];

describe('deliveries', () => {
  test.each([
    { why: 'everybody heard everything', listeners: [listener('k', both), listener('p', both)] },
    {
      why: 'a bare socket missed what the others have',
      listeners: [listener('k', both), listener('s', [], { kind: 'bare' })],
    },
    {
      why: 'it was for another restaurant, or another connection type',
      listeners: [
        listener('k', both),
        listener('o', [], { restaurantId: 'r-2' }),
        listener('c', [], { connectionType: 'customer' }),
      ],
    },
  ])('are right where $why', ({ listeners }) => {
    expect(wrongIn(judgeDeliveries(accepted, listeners))).toEqual({});
  });

  test.each([
    {
      why: 'one is lost',
      all: [heard('a', 1)],
      wrong: { 'accepted events at each client they are for': ['b not at k'] },
    },
    {
      why: 'one came twice',
      all: [...both, heard('b', 2)],
      wrong: { 'each once, and in its order': ['b again at k'] },
    },
    {
      why: 'they came in another order',
      all: [heard('b', 2), heard('a', 1)],
      wrong: { 'each once, and in its order': ['a again at k'] },
    },
    {
      why: 'one has two numbers',
      all: [...both, heard('a', 3)],
      wrong: { 'one number an event, whoever hears it': ['a is r-1#3'] },
    },
    {
      why: 'two have one number',
      all: both,
      others: [listener('s', [heard('c', 1)], { kind: 'bare' })],
      wrong: { 'one number an event, whoever hears it': ['c is r-1#1'] },
    },
    {
      why: 'one is of another restaurant',
      all: both,
      others: [listener('s', [heard('x', 7, { restaurantId: 'r-2' })], { kind: 'bare' })],
      wrong: { 'nothing of another restaurant, nothing for others': ['x of r-2 at s'] },
    },
    {
      why: 'one is for others',
      all: [...both, heard('x', 3, { type: 'payment.completed' })],
      wrong: { 'nothing of another restaurant, nothing for others': ['x of r-1 at k'] },
    },
    {
      why: 'a client was told what it should not be told',
      all: both,
      others: [listener('s', [], { kind: 'bare', complaints: ['auth_error: auth_timeout'] })],
      wrong: { 'clients that were told nothing they should not be told': ['s: auth_error: auth_timeout'] },
    },
  ])('are wrong where $why', ({ all, others = [], wrong }) => {
    expect(wrongIn(judgeDeliveries(accepted, [listener('k', all), ...others]))).toEqual(wrong);
  });
});

const item = (kind: string, event: string, more: Partial<AuditItem> = {}): AuditItem => ({
  kind,
  event,
  connectionId: 'c-1',
  agent: 'k',
  ...more,
});
const granted = item('attempt', 'access_granted');
const ended = item('end', 'session_ended');
const session = { connectionId: 'c-1', wasCutByKill: false };
const refused: Attempt = { agent: 'x', kind: 'expired', answer: 'token_expired', events: ['token_expired'] };
const itsRecord = item('attempt', 'token_expired', { connectionId: 'c-2', agent: 'x' });

describe('records', () => {
  test.each([
    { why: 'each has its own', audit: [granted, ended, itsRecord], sessions: [session] },
    { why: 'a kill took the end', audit: [granted, itsRecord], sessions: [{ ...session, wasCutByKill: true }] },
    {
      why: 'the end came before the kill',
      audit: [granted, ended, itsRecord],
      sessions: [{ ...session, wasCutByKill: true }],
    },
  ])('are right where $why', ({ audit, sessions }) => {
    expect(wrongIn(judgeRecords(audit, sessions, [refused, { ...refused, agent: 'y', answer: undefined }]))).toEqual(
      {},
    );
  });

  test.each([
    { why: 'a grant has none', audit: [ended, itsRecord], wrong: { 'sessions with one grant': ['c-1: none'] } },
    {
      why: 'an end has none',
      audit: [granted, itsRecord],
      wrong: { 'sessions with one end, but those that a kill cut': ['c-1: 0'] },
    },
    {
      why: 'an attempt has two',
      audit: [granted, ended, itsRecord, itsRecord],
      wrong: {
        'refused attempts with one record, of what it was': [
          'expired, told token_expired: token_expired, token_expired',
        ],
        'attempts never recorded twice': ['c-2'],
      },
    },
    {
      why: 'one says something else',
      audit: [granted, ended, { ...itsRecord, event: 'auth_timeout' }],
      wrong: { 'refused attempts with one record, of what it was': ['expired, told token_expired: auth_timeout'] },
    },
  ])('are wrong where $why', ({ audit, wrong }) => {
    expect(wrongIn(judgeRecords(audit, [session], [refused]))).toEqual(wrong);
  });
});

describe('the size', () => {
  const samples = (heapMb: (minute: number) => number, handles: (minute: number) => number) =>
    Array.from({ length: 41 }, (_, i) => ({ atMs: i * 3_000, heapMb: heapMb(i / 20), handles: handles(i / 20) }));
  const flat = () => 40;

  test.each([
    { why: 'nothing grows', all: samples(flat, flat), wrong: [] },
    { why: 'only the beginning grew', all: samples((minute) => Math.min(40, 20 + minute * 60), flat), wrong: [] },
    { why: 'the heap grows', all: samples((minute) => 40 + 10 * minute, flat), wrong: ['heap: 9.4 MB a minute'] },
    { why: 'handles grow', all: samples(flat, (minute) => 40 + 60 * minute), wrong: ['handles: 61 to 160'] },
    {
      why: 'there was no time',
      all: samples(flat, flat).slice(0, 10),
      wrong: ['the gateway did not run for long enough'],
    },
  ])('where $why: $wrong', ({ all, wrong }) => {
    expect(judgeSize(all).wrong).toEqual(wrong);
  });
});
