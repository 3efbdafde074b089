import { describe, expect, test } from '@jest/globals';
import type { Present } from '../../client/src/index.ts';
import { askerOf, presenceCaption, presenceRows } from '../../console/presence-rows.ts';
import type { DemoConnectionType } from '../../console/rows.ts';

const types: readonly DemoConnectionType[] = [
  { name: 'pos', title: 'Till', asksWho: false },
  { name: 'management', title: 'Back office', asksWho: true },
];
const till = { name: 'Till', connectionType: 'pos' } as const;
const office = { name: 'Back office', connectionType: 'management' } as const;

describe('who is there', () => {
  test('is asked by a device that may', () => {
    expect(askerOf([till, office], types)).toBe(office);
  });

  test.each([
    { why: 'nobody is connected', connected: [], types, says: /none is connected here: Back office \(management\)\.$/ },
    { why: 'who is connected may not', connected: [till], types, says: /none is connected here: Back office/ },
    {
      why: 'nobody may at all',
      connected: [till],
      types: types.slice(0, 1),
      says: /^No connection type of this stage may/,
    },
  ])('is asked by nobody, and it says why: $why', ({ connected, types: known, says }) => {
    expect(askerOf(connected, known)).toMatch(says);
  });

  const present = (userId: string, since: string, deviceId?: string): Present => ({
    userId,
    role: 'employee',
    connectionType: 'pos',
    since,
    deviceId,
  });

  test('is told in the order in which they came, and by whom', () => {
    const two = [present('u-b', '2026-11-27T10:00:05.000Z'), present('u-a', '2026-11-27T10:00:01.000Z', 'till-1')];
    expect(presenceRows(two).map((row) => row.slice(0, 4))).toEqual([
      ['u-a', 'employee', 'pos', 'till-1'],
      ['u-b', 'employee', 'pos', ''],
    ]);
    expect(presenceCaption('Back office', two)).toBe('2 devices, as Back office is told');
    expect(presenceCaption('Back office', two.slice(1))).toBe('1 device, as Back office is told');
  });
});
