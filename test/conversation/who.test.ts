/**
 * Devices die in each way there is, and `who` is compared with what is true. The rules are in `test/presence` and `test/session`; here
 * are the platform that tells, or does not, and the bounds that PROTOCOL.md names, with a shorter idle time than its ten minutes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { hello } from '../../bin/smoke/messages.ts';
import { removeMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { cast, idOf } from './cast.ts';
import { type GatewayFixture, openGatewayFixture } from './gateway-fixture.ts';
import { type Device, openRestaurantFixture, type RestaurantFixture } from './restaurant-fixture.ts';
import { until } from './until.ts';

const idleTimeoutMs = 10_000;
let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await openGatewayFixture({ idleTimeoutMs });
}, 60_000);
afterAll(() => fixture.close());

const children: ChildProcess[] = [];
const heartbeats: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of heartbeats.splice(0)) clearInterval(timer);
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const stayAlive = (device: Device): Device => {
  heartbeats.push(setInterval(() => device.isOpen() && device.send({ type: 'ping' }), 1_000));
  return device;
};

/** Whom `who` names, by their devices; an answer in pages of two is the same. */
const namedBy = async (asker: Device): Promise<readonly string[]> => {
  const names: string[] = [];
  let after: unknown;
  for (;;) {
    asker.send({ type: 'who', id: 'w', after, limit: 2 });
    const answer = Object((await asker.hearsUntil('present')).at(-1));
    names.push(...answer.sessions.map((one: Readonly<Record<string, unknown>>) => String(one['device_id'])));
    if (answer.more === false) return names;
    after = answer.next;
  }
};

/** A device in a process of its own, once it is let in. */
const inProcess = async (room: RestaurantFixture, device_id: string): Promise<ChildProcess> => {
  const token = await fixture.token(cast.receiver[0]);
  const { url } = fixture.gateway;
  const visitor = { url, token, restaurantId: room.restaurantId, connectionType: cast.receiver[1] } as const;
  const script = join(import.meta.dirname, 'lone-device.ts');
  const child = spawn(process.execPath, [script, url, JSON.stringify(hello(visitor, { device_id }))], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  expect(String(said).trim()).toBe('auth_success');
  return child;
};

const enter = (room: RestaurantFixture, device_id: string): Promise<Device> =>
  room.enter(...cast.receiver, { device_id });

/** A session's time is over, and nobody is told: as if its token had been a shorter one. */
const outlives = async ({ connections: { client, tableName } }: GatewayFixture, connectionId: string) => {
  await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { connection_id: connectionId },
      UpdateExpression: 'SET session_expires_at_ms = :now',
      ExpressionAttributeValues: { ':now': Date.now() },
    }),
  );
};

/** Asks until a device is gone. Meanwhile everybody who lives is there each time, once. */
const goneBy = async (asker: Device, gone: string, alive: readonly string[]): Promise<readonly string[]> =>
  until(
    async () => {
      const names = await namedBy(asker);
      for (const one of alive) expect([one, names.filter((name) => name === one)]).toEqual([one, [one]]);
      return names;
    },
    (names) => !names.includes(gone),
  );

describe('who, while devices die', () => {
  test.each<{ why: string; dies: (room: RestaurantFixture, name: string) => Promise<() => unknown> }>([
    {
      why: 'says goodbye',
      dies: async (room, name) => {
        const device = await enter(room, name);
        return () => device.leave();
      },
    },
    {
      why: 'is cut off, and its system says so',
      dies: async (room, name) => {
        const device = await enter(room, name);
        return () => device.drop();
      },
    },
    {
      why: 'is a process that is killed',
      dies: async (room, name) => {
        const child = await inProcess(room, name);
        return () => child.kill('SIGKILL');
      },
    },
    {
      why: 'is closed by the gateway, as its user is dismissed',
      dies: async (room, name) => {
        const device = await room.enter(...cast.sender, { device_id: name });
        return async () => {
          const user = { issuer: 'demo', userId: idOf(cast.sender), restaurantId: room.restaurantId };
          await removeMember(fixture.memberships)(user);
          device.send({ type: 'ping' });
          expect((await device.hearsUntil('closing')).at(-1)).toMatchObject({ reason: 'revoked' });
        };
      },
    },
    {
      why: 'goes to another restaurant',
      dies: async (room, name) => {
        const device = await enter(room, name);
        return async () => {
          await device.leave();
          const next = openRestaurantFixture(fixture, `${room.restaurantId}-next`);
          await enter(next, name);
          const asker = await next.enter(...cast.asker, { device_id: 'next-office' });
          await until(
            () => namedBy(asker),
            (names) => names.length === 2,
          );
          expect(await namedBy(asker)).toEqual([name, 'next-office']);
        };
      },
    },
  ])('has no device any more that $why', async ({ why, dies }) => {
    const room = openRestaurantFixture(fixture, `r-${why.length}`);
    const asker = stayAlive(await room.enter(...cast.asker, { device_id: 'office' }));
    stayAlive(await enter(room, 'alive'));
    const die = await dies(room, 'gone');
    expect([...(await namedBy(asker))].sort()).toEqual(['alive', 'gone', 'office']);
    await die();
    expect(await goneBy(asker, 'gone', ['alive', 'office'])).toEqual(['alive', 'office']);
  });

  test('has a device that dies without a word until the platform closes its connection, and not longer', async () => {
    const room = openRestaurantFixture(fixture, 'r-silent');
    const asker = stayAlive(await room.enter(...cast.asker, { device_id: 'office' }));
    stayAlive(await enter(room, 'alive'));
    const child = await inProcess(room, 'dead');
    const diedMs = Date.now();
    // Nothing of it answers any more, and nothing tells.
    child.kill('SIGSTOP');
    expect(await namedBy(asker)).toContain('dead');
    expect(await goneBy(asker, 'dead', ['alive', 'office'])).toEqual(['alive', 'office']);
    // Not by chance, and not for another reason: its last frame was before it died.
    expect(Date.now() - diedMs).toBeGreaterThan(idleTimeoutMs / 2);
  });

  test('has no session whose time is over, though its connection is open', async () => {
    const room = openRestaurantFixture(fixture, 'r-expired');
    const asker = stayAlive(await room.enter(...cast.asker, { device_id: 'office' }));
    const device = await enter(room, 'expired');
    expect(await namedBy(asker)).toContain('expired');
    await outlives(fixture, device.connectionId);
    expect(await namedBy(asker)).toEqual(['office']);
    expect(device.isOpen()).toBe(true);
  });

  test('has a device once while it hands over, and afterwards', async () => {
    const room = openRestaurantFixture(fixture, 'r-handover');
    const asker = stayAlive(await room.enter(...cast.asker, { device_id: 'office' }));
    const old = await enter(room, 'kitchen-2');
    const young = stayAlive(await enter(room, 'kitchen-2'));
    expect(await namedBy(asker)).toEqual(['kitchen-2', 'office']);
    await old.leave();
    expect(
      await until(
        async () => fixture.row(old.connectionId),
        (row) => row === undefined,
      ),
    ).toBeUndefined();
    expect(await namedBy(asker)).toEqual(['kitchen-2', 'office']);
    young.drop();
    expect(await goneBy(asker, 'kitchen-2', ['office'])).toEqual(['office']);
  });

  test('has a device of whose end the platform never tells until its session is over', async () => {
    const room = openRestaurantFixture(fixture, 'r-untold');
    const asker = stayAlive(await room.enter(...cast.asker, { device_id: 'office' }));
    const device = await enter(room, 'untold');
    fixture.gateway.faults.disconnects = 'never';
    try {
      device.drop();
      await device.closed();
      expect(await namedBy(asker)).toContain('untold');
      await outlives(fixture, device.connectionId);
      expect(await namedBy(asker)).toEqual(['office']);
    } finally {
      fixture.gateway.faults.disconnects = 'once';
    }
  });

  test('no function failed', () => {
    expect(fixture.failures()).toEqual([]);
  });
});

test('a gateway that is gone and comes back has those devices that came back, each once, and the others until their sessions are over', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maitred-who-'));
  const before = await openGatewayFixture({ dataDir });
  let lost: Device;
  try {
    const room = openRestaurantFixture(before, 'r-again');
    await enter(room, 'back');
    lost = await enter(room, 'lost');
    // Nobody is told: as if the machine had lost its power.
    before.gateway.faults.disconnects = 'never';
  } finally {
    await before.close();
  }
  const after = await openGatewayFixture({ dataDir });
  try {
    const room = openRestaurantFixture(after, 'r-again');
    const asker = await room.enter(...cast.asker, { device_id: 'office' });
    await enter(room, 'back');
    expect(await namedBy(asker)).toEqual(['back', 'lost', 'office']);
    await outlives(after, lost.connectionId);
    expect(await namedBy(asker)).toEqual(['back', 'office']);
  } finally {
    await after.close();
    rmSync(dataDir, { recursive: true });
  }
});
