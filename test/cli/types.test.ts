/** `npm run types`: a stage's declarations for the SDK, and those that the SDK has by itself. What they mean, test/client/domain-types.test.ts asks the compiler. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createCheckout } from './checkout.ts';

const root = join(import.meta.dirname, '../..');
const preset = 'presets/restaurant/types.ts';
const checkout = createCheckout();
afterAll(checkout.remove);

test('the types that the SDK has by itself are what the command writes for the preset', async () => {
  writeFileSync(join(checkout.dir, preset), '');
  expect(await checkout.run('types')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(join(checkout.dir, preset), 'utf8')).toBe(readFileSync(join(root, preset), 'utf8'));
});

test('a stage without a domain of its own has the same types, and says so to the SDK', async () => {
  const { code, stdout, stderr } = await checkout.run('types', '--stage', 'dev');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, ...declared] = readFileSync(join(root, preset), 'utf8').split('\n\n');
  const [, ...printed] = stdout.split('\n\n');
  expect(printed.slice(0, -1).join('\n\n')).toBe(declared.join('\n\n').trimEnd());
  expect(printed.at(-1)).toBe(
    "declare module '@maitred/client' {\n  interface Register {\n    domain: Domain;\n  }\n}\n",
  );
});

test('a stage with a domain of its own is printed, with what its events are for above each', async () => {
  copyFileSync(join(root, 'examples/fleet/config.json'), join(checkout.dir, 'config/fleet.json'));
  const { stdout } = await checkout.run('types', '--stage', 'fleet');
  expect(stdout).toMatch(/^\/\*\* Types for @maitred\/client\. `npm run -s types -- --stage fleet` /);
  expect(stdout).toContain('export type ConnectionType = "vehicle" | "dispatcher" | "workshop" | "wallboard";\n');
  expect(stdout).toContain(
    '  /** Somebody has taken a parcel. From vehicle; to dispatcher */\n  "parcel.handed_over": ParcelHandedOver;\n',
  );
});
