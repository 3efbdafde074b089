/**
 * The app of examples/cognito-app in a folder outside the checkout, as whoever installed the packed file has it: `COGNITO_APP`, which
 * .ci/examples makes. Its gateway is started by `npx maitred start`, and its backend tells a kitchen of lunch.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect, type MaitredClient, type RestaurantEvent } from '../../client/src/index.ts';

const folder = process.env['COGNITO_APP'] ?? '';
const command = join(folder, 'node_modules/maitred/commands/maitred.mjs');

let running: ChildProcess;
let kitchen: MaitredClient;
const told: string[] = [];
beforeAll(async () => {
  running = spawn(process.execPath, [command, 'start', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = running;
  await new Promise<void>((resolve, reject) => {
    for (const input of [stdout, stderr])
      if (input)
        createInterface({ input }).on('line', (line) => {
          told.push(line);
          if (line === 'Ctrl-C ends it.') resolve();
        });
    running.once('close', () => reject(new Error(told.join('\n'))));
  });
}, 120_000);
afterAll(async () => {
  kitchen?.close();
  if (running?.exitCode === null) {
    const closed = once(running, 'close');
    running.kill('SIGINT');
    await closed;
  }
});

test("the app's gateway lets its demo users in, and they hear the app's backend", async () => {
  const gateways = join(folder, '.maitred/gateways');
  const [file = ''] = readdirSync(gateways);
  const gateway = JSON.parse(readFileSync(join(gateways, file), 'utf8'));
  const token = execFileSync(process.execPath, [command, 'token', 'chef'], { cwd: folder, encoding: 'utf8' }).trim();
  kitchen = connect({ url: gateway.url, restaurantId: 'r-17', connectionType: 'kitchen', getToken: () => token });
  const lunch = new Promise<RestaurantEvent>((resolve) => kitchen.on('lunch.began', resolve));
  await new Promise<void>((resolve, reject) => {
    kitchen.onState(({ status }) => status === 'connected' && resolve());
    kitchen.onEnd((end) => reject(new Error(JSON.stringify(end))));
  });
  Object.assign(process.env, {
    EVENT_QUEUE_URL: gateway.eventQueueUrl,
    RESTAURANTS: 'r-17,r-99',
    AWS_ENDPOINT_URL_SQS: gateway.sqsEndpoint,
    AWS_REGION: gateway.operator.region,
    AWS_ACCESS_KEY_ID: gateway.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: gateway.operator.secretAccessKey,
  });
  const backend: { handler: (event: object) => Promise<void> } = await import(
    join(import.meta.dirname, '../../examples/cognito-app/backend/lunch.mjs')
  );
  await backend.handler({ id: 'noon-of-a-day' });
  expect(await lunch).toMatchObject({ restaurantId: 'r-17', data: { until: '14:00' }, userId: undefined });
});

test('what else the app has is named and left alone', () => {
  expect(told.join('\n')).toMatch(/left alone: Cognito::UserPool, .*Events::Rule/);
});
