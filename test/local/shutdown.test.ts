import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Fate } from '../../local/faults.ts';
import { refusalOf } from './client.ts';
import { writeAssembly } from './fixture-assembly.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

let dir: string;
let assemblyDir: string;
let gateway: RunningGateway;
let held: PromiseWithResolvers<Fate>;
let called: PromiseWithResolvers<void>;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'shutdown-'));
  assemblyDir = writeAssembly();
  held = Promise.withResolvers();
  called = Promise.withResolvers();
  gateway = await runGateway({ assemblyDir, dataDir: dir });
});
afterEach(async () => {
  held.resolve('pass');
  await gateway.close();
  rmSync(dir, { recursive: true });
  rmSync(assemblyDir, { recursive: true });
});

/** The first call of a function waits until the test lets it go on. */
const holdCalls = (): void => {
  gateway.faults.awsCall = () => {
    called.resolve();
    return held.promise;
  };
};

test('who comes while the gateway stops is turned away with 503, and no function hears of it', async () => {
  const client = await gateway.open();
  holdCalls();
  client.send({ do: 'dynamodb', action: 'GetItem', input: { TableName: 'app-Connections', Key: {} } });
  await called.promise;
  const closing = gateway.close();
  await client.closed;
  gateway.meter.reset();
  expect(await refusalOf(gateway.url)).toBe(503);
  const { status } = await fetch(gateway.issuerUrl);
  const asked = gateway.meter.invocations['Connect'];
  held.resolve('pass');
  await closing;
  expect(status).toBe(503);
  expect(asked).toBeUndefined();
});

test('a handshake that was being asked about is turned away, and its $disconnect is told', async () => {
  holdCalls();
  const refused = refusalOf(`${gateway.url}?do=call`);
  await called.promise;
  const closing = gateway.close();
  held.resolve('pass');
  expect(await refused).toBe(503);
  const { requestContext } = await gateway.handled('Disconnect');
  const connected = await gateway.handled('Connect');
  await closing;
  expect(requestContext).toMatchObject({
    connectionId: connected.requestContext.connectionId,
    disconnectStatusCode: 1001,
  });
});
