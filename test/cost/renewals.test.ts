/** What the model of a month counts of the SDK is what the SDK's machine does: renewals, for tokens of any length. */
import { expect, test } from '@jest/globals';
import { reference } from '../../cost/fleet.ts';
import { countsOf } from '../../cost/counts.ts';
import { createClientFixture, hour, minute } from '../client/client-fixture.ts';

const deviceDay = { ...reference, restaurants: 1, devices: 1, days: 1 };

/** Renewals of a device that is connected for so long: what it says of a token to a connection that has one already. */
const renewalsOf = async (hours: number, tokenHours: number): Promise<number> => {
  const fixture = createClientFixture({ getToken: () => fixture.goodToken(tokenHours * hour) });
  for (let passed = 0; passed < hours * hour; passed += 10 * minute) await fixture.clock.pass(10 * minute);
  const { callers } = fixture.gateway;
  fixture.client.close();
  return callers.reduce(
    (sum, { heard }) => sum + Math.max(0, heard.filter(({ type }) => type === 'authenticate').length - 1),
    0,
  );
};

test.each([
  { why: 'end within a connection', tokenHours: 1 },
  { why: 'are as old as a connection gets: the next one is opened with the same', tokenHours: 2 },
  { why: 'outlive a connection', tokenHours: 3 },
  { why: 'outlive three connections', tokenHours: 6 },
])('tokens of $tokenHours h, which $why, are renewed as often as the model says', async ({ tokenHours }) => {
  expect(await renewalsOf(deviceDay.hours, tokenHours)).toBe(countsOf({ ...deviceDay, tokenHours }).renewals);
});
