import { afterAll, describe, expect, test } from '@jest/globals';
import { openHouse } from './house.ts';
import { outages } from './outages.ts';
import { leftAtLast, playRow, type Row } from './row.ts';

const house = await openHouse();
const fresh = await house.visitor();
const inHouse = playRow(house, { fresh, expired: fresh });

afterAll(() => house.close());

const holds = async (row: Row): Promise<void> => {
  const { problems, atEnd, atLast } = await inHouse(row);
  expect({ problems, atEnd, atLast }).toEqual({ problems: [], atEnd: row.leaves, atLast: leftAtLast(row) });
};

describe('a session while something cannot be had', () => {
  test.each(outages)('$why', holds);
});
