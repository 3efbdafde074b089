/** The client that is on phones already. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { baselineDir } from '../baseline/fixtures.ts';
import { type HandOff, newRestaurant } from './hand-off.ts';

export const client: readonly HandOff[] = [
  {
    name: "a gateway of today's functions, to the packed client",
    onlyFromNow: true,
    run: async (rolling, first) => {
      rolling.use(first);
      const { gateway } = rolling;
      const restaurantId = await newRestaurant(rolling);
      const dir = mkdtempSync(join(tmpdir(), 'maitred-packed-'));
      execFileSync('tar', ['-xzf', join(baselineDir, 'maitred-client-0.1.0.tgz'), '-C', dir]);
      const { connect } = await import(pathToFileURL(join(dir, 'package/dist/index.js')).href);
      const options = { url: gateway.url, restaurantId };
      const till = connect({ ...options, connectionType: 'pos', getToken: () => gateway.token('cashier') });
      const kitchen = connect({ ...options, connectionType: 'kitchen', getToken: () => gateway.token('chef') });
      try {
        // It hears what is published from then on.
        const isConnected = Promise.withResolvers<void>();
        till.onState(({ status }: { status: string }) => {
          if (status === 'connected') isConnected.resolve();
        });
        await isConnected.promise;
        const heard = Promise.withResolvers<unknown>();
        till.on('order.status_changed', ({ data }: { data: unknown }) => heard.resolve(data));
        await kitchen.publish('order.status_changed', { order_id: 17, status: 'ready' });
        assert.deepEqual(await heard.promise, { order_id: 17, status: 'ready' });
      } finally {
        till.close();
        kitchen.close();
        rmSync(dir, { recursive: true });
      }
    },
  },
];
