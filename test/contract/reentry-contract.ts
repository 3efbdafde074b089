/** What the counters of members and the keys of re-entry passes must do, whatever they are kept in. */
import { expect, test } from '@jest/globals';
import type { Storage } from './storage.ts';

/** The beginning of an hour. */
const startMs = Date.UTC(2026, 11, 1, 12);
const minuteMs = 60_000;

let members = 0;
const someMember = (): string => `member-${++members}`;

export const memberCountersContract = (storage: () => Storage): void => {
  const counters = () => storage().memberCounters;

  test('handshakes are counted by member and minute of the clock', async () => {
    const member = someMember();
    const handshakes = async (atMs: number, of = member) => (await counters().countHandshake(of, atMs)).handshakes;
    expect([await handshakes(startMs), await handshakes(startMs + minuteMs - 1)]).toEqual([1, 2]);
    expect([await handshakes(startMs + minuteMs), await handshakes(startMs + 60 * minuteMs)]).toEqual([1, 1]);
    expect(await handshakes(startMs, someMember())).toBe(1);
    expect(await handshakes(startMs + 1)).toBe(3);
  });

  test('handshakes at once are all counted, each once', async () => {
    const member = someMember();
    const counted = await Promise.all(Array.from({ length: 20 }, () => counters().countHandshake(member, startMs)));
    expect(counted.map(({ handshakes }) => handshakes).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test.each([
    { why: 'early in an hour', atMs: startMs + 5 * minuteMs },
    { why: 'late in an hour, into the next', atMs: startMs + 50 * minuteMs },
  ])('a member that is distrusted is so at each of its handshakes until then: $why', async ({ atMs }) => {
    const member = someMember();
    const untilMs = atMs + 15 * minuteMs;
    expect((await counters().countHandshake(member, atMs)).distrustedUntilMs).toBe(0);
    await counters().distrust(member, atMs, untilMs);
    for (let later = atMs; later < untilMs; later += minuteMs)
      expect((await counters().countHandshake(member, later)).distrustedUntilMs).toBe(untilMs);
    expect((await counters().countHandshake(someMember(), atMs)).distrustedUntilMs).toBe(0);
  });

  test('a distrust is made longer and never shorter', async () => {
    const member = someMember();
    await counters().distrust(member, startMs, startMs + 10 * minuteMs);
    await counters().distrust(member, startMs, startMs + 5 * minuteMs);
    expect((await counters().countHandshake(member, startMs)).distrustedUntilMs).toBe(startMs + 10 * minuteMs);
  });
};

export const passKeysContract = (storage: () => Storage): void => {
  const table = () => storage().passKeyTable;

  test('none are there before the first is made; a key that is there is never another', async () => {
    expect(await table().read()).toBeUndefined();
    const made = await Promise.all([690, 690, 690].map((period) => table().make(period)));
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
    expect(await table().read()).toEqual(made[0]);
  });

  test('the one before is kept, and no other', async () => {
    const before = await table().make(690);
    const after = await table().make(691);
    expect(after.memberKey).toBe(before.memberKey);
    expect(after.signingKeys.get(690)).toBe(before.signingKeys.get(690));
    expect(after.signingKeys.get(691)).not.toBe(before.signingKeys.get(690));
    expect([...(await table().make(692)).signingKeys.keys()].sort()).toEqual([691, 692]);
  });
};
