/** The client that is on phones already, and that of today where phones are updated before the gateway is. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect } from '../../client/src/index.ts';
import { baselineDir } from '../baseline/fixtures.ts';
import { type HandOff, newRestaurant } from './hand-off.ts';
import type { RollingGateway } from './rolling-gateway.ts';

/** A kitchen's publication is accepted and heard at a till. What both clients have; `connect` is one or the other. */
const kitchenTellsTill = async (rolling: RollingGateway, connectAs: typeof connect): Promise<void> => {
  const { gateway } = rolling;
  const options = { url: gateway.url, restaurantId: await newRestaurant(rolling) };
  const till = connectAs({ ...options, connectionType: 'pos', getToken: () => gateway.token('cashier') });
  const kitchen = connectAs({ ...options, connectionType: 'kitchen', getToken: () => gateway.token('chef') });
  try {
    // It hears what is published from then on.
    const isConnected = Promise.withResolvers<void>();
    till.onState(({ status }) => {
      if (status === 'connected') isConnected.resolve();
    });
    await isConnected.promise;
    const heard = Promise.withResolvers<unknown>();
    till.on('order.status_changed', ({ data }) => heard.resolve(data));
    await kitchen.publish('order.status_changed', { order_id: 17, status: 'ready' });
    assert.deepEqual(await heard.promise, { order_id: 17, status: 'ready' });
  } finally {
    till.close();
    kitchen.close();
  }
};

export const client: readonly HandOff[] = [
  {
    name: "a gateway of today's functions, to the packed client",
    onlyFromNow: true,
    run: async (rolling, first) => {
      rolling.use(first);
      const dir = mkdtempSync(join(tmpdir(), 'maitred-packed-'));
      try {
        execFileSync('tar', ['-xzf', join(baselineDir, 'maitred-client-0.1.0.tgz'), '-C', dir]);
        const packed = await import(pathToFileURL(join(dir, 'package/dist/index.js')).href);
        await kitchenTellsTill(rolling, packed.connect);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
  },
  {
    name: "today's client, to a gateway of the baseline's functions",
    onlyFromNow: true,
    run: async (rolling, _first, second) => {
      rolling.use(second);
      await kitchenTellsTill(rolling, connect);
    },
  },
];
