import { describe, expect, test } from '@jest/globals';
import { castOf } from '../../console/cast.ts';
import type { Demo, DemoConnectionType, DemoEvent, DemoUser } from '../../console/rows.ts';

type Name = DemoConnectionType['name'];

const type = (name: Name, asksWho = false): DemoConnectionType => ({ name, title: `a ${name}`, asksWho });
const event = (from: readonly Name[], audience: readonly Name[]): DemoEvent => ({
  type: 'a.b',
  title: '',
  from,
  audience,
  example: {},
});
const user = (name: string, connectionTypes: readonly Name[], restaurant?: string): DemoUser => ({
  name,
  connectionTypes,
  restaurant: restaurant ?? 'r-1',
});
const demo = (over: Partial<Demo>): Demo => ({
  url: '',
  restaurants: ['r-1', 'r-2'],
  printed: { user: '', restaurant: '' },
  connectionTypes: [type('pos'), type('kitchen'), type('management', true)],
  events: [event(['pos'], ['pos', 'kitchen'])],
  users: [
    user('boss', ['pos', 'kitchen', 'management']),
    user('ann', ['pos', 'kitchen']),
    user('bob', ['pos', 'kitchen']),
    user('eve', ['pos', 'kitchen'], 'r-2'),
  ],
  ...over,
});
const cast = (over: Partial<Demo>) => castOf(demo(over)).map(({ name, user: who }) => `${who} at ${name}`);

describe('the page begins with', () => {
  test.each<{ why: string; over: Partial<Demo>; cast: readonly string[] }>([
    {
      why: 'who hears the first event, who sends it, and who may ask for the others',
      over: {},
      cast: ['ann at a kitchen', 'bob at a pos', 'boss at a management'],
    },
    {
      why: 'one device where it hears itself alone and nobody may ask',
      over: { events: [event(['pos'], ['pos'])], connectionTypes: [type('pos')] },
      cast: ['ann at a pos'],
    },
    {
      why: 'a sender that may ask, too, once',
      over: { connectionTypes: [type('pos', true), type('kitchen')] },
      cast: ['ann at a kitchen', 'bob at a pos'],
    },
    {
      why: 'one user twice where there is no other',
      over: { users: [user('ann', ['pos', 'kitchen'])] },
      cast: ['ann at a kitchen', 'ann at a pos'],
    },
    {
      why: 'nobody at what no user may be',
      over: { users: [user('ann', ['pos'])] },
      cast: ['ann at a pos'],
    },
    {
      why: 'one of the first type and who may ask, where devices publish nothing',
      over: { events: [] },
      cast: ['ann at a pos', 'boss at a management'],
    },
    { why: 'nobody who is a member elsewhere', over: { users: [user('eve', ['pos', 'kitchen'], 'r-2')] }, cast: [] },
    { why: 'nobody without users', over: { users: [] }, cast: [] },
  ])('$why', ({ over, cast: expected }) => {
    expect(cast(over)).toEqual(expected);
  });
});
