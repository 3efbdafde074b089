/** First starts with the command itself. `test/lib/kept-assembly.test.ts` is the quick form: assemblies that are asked for at once, and damaged ones. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { fullTest } from '../harness/runs.ts';
import { type Checkout, createCheckout, type RunningCommand } from './checkout.ts';

let here: Checkout;
beforeAll(() => {
  here = createCheckout();
});
afterAll(() => here.remove());

const started = (): RunningCommand => here.start('start', '--port', '0');

const interrupted = async (gateways: readonly RunningCommand[]) => {
  for (const gateway of gateways) gateway.interrupt();
  return Promise.all(gateways.map(({ ended }) => ended));
};

fullTest(
  'first starts beside each other all open, and what they made is whole for the next one',
  async () => {
    const gateways = [started(), started()];
    await Promise.all(gateways.map(({ says }) => says('Ctrl-C ends it.')));
    for (const { code, stderr } of await interrupted(gateways))
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const next = started();
    await next.says('Ctrl-C ends it.');
    const [ended] = await interrupted([next]);
    expect(ended?.stdout).not.toContain('Synthesizing');
  },
  120_000,
);

fullTest(
  'an asset that was edited is made anew',
  async () => {
    const [bundle] = globSync('.maitred/assemblies/*/asset.*/index.mjs', { cwd: here.dir }).sort();
    const path = join(here.dir, bundle ?? 'there is no bundle');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, 'export const handler = not a bundle');
    const gateway = started();
    await gateway.says('Synthesizing');
    await gateway.says('Ctrl-C ends it.');
    await interrupted([gateway]);
    expect(readFileSync(path, 'utf8')).toBe(whole);
  },
  120_000,
);
