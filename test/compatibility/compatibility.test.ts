/**
 * The functions of the baseline and those of today beside each other, as a release and its rollback put them: what one leaves,
 * the other finds. `.ci/compatibility` synthesizes both and runs this.
 */
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { exceptionsIn, upgradePage } from './exceptions.ts';
import { handOffs } from './hand-offs.ts';
import { type RollingGateway, startRollingGateway } from './rolling-gateway.ts';

const { BASELINE_ASSEMBLY: before, TODAYS_ASSEMBLY: now } = process.env;
if (before === undefined || now === undefined)
  throw new Error('run .ci/compatibility, which synthesizes both versions');

let rolling: RollingGateway;
beforeAll(async () => {
  rolling = await startRollingGateway({ before, now });
});
afterAll(() => rolling.close());

const exceptions = new Set(exceptionsIn(upgradePage));

describe("what today's functions leave is found by those of the baseline", () => {
  // An exception that no longer is one fails, too: then the page says too much.
  for (const { name, run } of handOffs)
    (exceptions.has(name) ? test.failing : test)(name, () => run(rolling, 'now', 'before'));
});

describe("what the functions of the baseline leave is found by today's", () => {
  for (const { name, run } of handOffs.filter(({ onlyFromNow }) => !onlyFromNow))
    test(name, () => run(rolling, 'before', 'now'));
});
