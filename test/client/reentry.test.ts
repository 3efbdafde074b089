/** The re-entry pass, on the side of the device. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Storage, TraceEntry } from '../../client/src/index.ts';
import { itemStorage, mmkvStorage, storageOf, type Texts } from '../../client/src/storage.ts';
import { forbidden } from '../forbidden.ts';
import { createClock } from './clock.ts';
import { type ClientFixture, createClientFixture } from './client-fixture.ts';

const pass = `mrp_${'A'.repeat(56)}`;
const next = `mrp_${'B'.repeat(56)}`;
const shown = (one: string): readonly string[] => ['maitred.v1', `maitred.pass.${one}`];

const opened: ClientFixture[] = [];
afterEach(() => {
  for (const { client } of opened.splice(0)) client.close();
});
const fixtureWith = (options: Parameters<typeof createClientFixture>[0] = {}): ClientFixture => {
  const fixture = createClientFixture(options);
  opened.push(fixture);
  return fixture;
};

/** A device's storage, which outlives its process. */
const deviceStorage = () => {
  const texts = new Map<string, string>();
  const storage = storageOf({
    get: async (key) => texts.get(key) ?? null,
    set: async (key, value) => texts.set(key, value),
    remove: async (key) => texts.delete(key),
  });
  return { texts, storage };
};

/** A process that was let in with a pass, and is over. */
const processBefore = async (storage: Storage, userId = 'u-1', given: string | undefined = pass): Promise<void> => {
  const before = fixtureWith({ storage });
  before.gateway.script.userId = userId;
  before.gateway.script.reentryPass = given;
  await before.authenticated();
  before.client.close();
};

describe('a pass that the gateway gives', () => {
  test('is shown at the next handshake, and the first one shows nothing', async () => {
    const { gateway, clock, authenticated } = fixtureWith();
    gateway.script.reentryPass = pass;
    await authenticated();
    expect(gateway.caller().offered).toEqual([]);
    gateway.restart();
    await clock.pass(5_000);
    expect(gateway.callers).toHaveLength(2);
    expect(gateway.caller().offered).toEqual(shown(pass));
  });

  test('outlives the process in a storage', async () => {
    const { storage } = deviceStorage();
    await processBefore(storage);
    const after = fixtureWith({ storage });
    await after.authenticated();
    expect(after.gateway.caller().offered).toEqual(shown(pass));
  });

  test('is replaced by a later one, and stays where none comes', async () => {
    const { storage, texts } = deviceStorage();
    await processBefore(storage);
    await processBefore(storage, 'u-1', next);
    expect([...texts.values()]).toEqual([`${next} u-1`]);
    const after = fixtureWith({ storage });
    await after.authenticated();
    after.gateway.restart();
    await after.clock.pass(5_000);
    expect(after.gateway.callers.map(({ offered }) => offered)).toEqual([shown(next), shown(next)]);
  });

  test('is forgotten when another user is let in', async () => {
    const { storage, texts } = deviceStorage();
    await processBefore(storage);
    await processBefore(storage, 'u-2', next);
    expect([...texts.values()]).toEqual([`${next} u-2`]);
    const third = fixtureWith({ storage });
    third.gateway.script.userId = 'u-3';
    await third.authenticated();
    expect([...texts]).toEqual([]);
    third.gateway.restart();
    await third.clock.pass(5_000);
    expect(third.gateway.caller().offered).toEqual([]);
  });

  test('is kept for its restaurant', async () => {
    const { storage } = deviceStorage();
    await processBefore(storage);
    const elsewhere = fixtureWith({ storage, restaurantId: 'r-99' });
    await elsewhere.authenticated();
    expect(elsewhere.gateway.caller().offered).toEqual([]);
  });

  test.each([
    { why: 'with a space', given: 'mrp_ A' },
    { why: 'with a comma', given: 'a,b' },
    { why: 'empty', given: '' },
    { why: 'very long', given: 'a'.repeat(129) },
    { why: 'no text', given: forbidden(17) },
  ])('that no platform takes for a subprotocol is left alone: $why', async ({ given }) => {
    const { storage, texts } = deviceStorage();
    await processBefore(storage, 'u-1', given);
    expect([...texts]).toEqual([]);
  });

  test('is in no trace', async () => {
    const entries: TraceEntry[] = [];
    const { gateway, authenticated } = fixtureWith({ trace: (entry) => entries.push(entry) });
    gateway.script.reentryPass = pass;
    await authenticated();
    gateway.restart();
    expect(JSON.stringify(entries)).toContain('\\"reentry_pass\\":\\"[pass]\\"');
    expect(JSON.stringify(entries)).not.toContain(pass);
  });
});

describe('a storage', () => {
  const never = () => new Promise<never>(() => {});
  const fails = () => Promise.reject(new Error('full'));

  test.each<{ why: string; storage: Texts; errors: number }>([
    { why: 'never answers', storage: { get: never, set: never, remove: never }, errors: 0 },
    { why: 'fails', storage: { get: fails, set: fails, remove: fails }, errors: 3 },
    {
      why: 'throws',
      storage: {
        get: () => {
          throw new Error('broken');
        },
        set: () => {
          throw new Error('broken');
        },
        remove: fails,
      },
      errors: 3,
    },
    { why: 'holds what nobody wrote', storage: { get: async () => '\u0000 {', set: fails, remove: fails }, errors: 1 },
    { why: 'gives no text', storage: { get: async () => forbidden(7), set: fails, remove: fails }, errors: 2 },
  ])(
    'that $why keeps nobody from connecting, and from going on with what is in memory',
    async ({ storage, errors }) => {
      const fixture = fixtureWith({ storage: storageOf(storage) });
      fixture.gateway.script.reentryPass = pass;
      await fixture.clock.pass(2_000);
      expect(fixture.client.state.status).toBe('connected');
      fixture.gateway.restart();
      await fixture.clock.pass(5_000);
      expect(fixture.gateway.caller().offered).toEqual(shown(pass));
      expect(fixture.errors).toHaveLength(errors);
    },
  );

  test('is asked before the first handshake, and waited for', async () => {
    const { storage } = deviceStorage();
    await processBefore(storage);
    const clock = createClock();
    const later = <T>(value: T) => new Promise<T>((resolve) => clock.timers.setTimeout(() => resolve(value), 400));
    const slow = storageOf({ ...storage, get: async (key: string) => later(await storage.get(key)) });
    const fixture = createClientFixture({ storage: slow }, { clock });
    opened.push(fixture);
    await fixture.clock.pass(1_000);
    expect(fixture.gateway.callers.map(({ offered }) => offered)).toEqual([shown(pass)]);
  });

  const items = () => {
    const texts = new Map<string, string>();
    return {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, value: string) => void texts.set(key, value),
      removeItem: (key: string) => void texts.delete(key),
    };
  };
  const mmkv = (name: 'delete' | 'remove') => {
    const texts = new Map<string, string>();
    return {
      getString: (key: string) => texts.get(key),
      set: (key: string, value: string) => void texts.set(key, value),
      [name]: (key: string) => texts.delete(key),
    };
  };
  const { getItem, setItem, removeItem } = items();

  test.each([
    { of: 'localStorage', storage: itemStorage(items()) },
    {
      of: 'AsyncStorage',
      storage: itemStorage({
        getItem: async (key) => getItem(key),
        setItem: async (key, value) => setItem(key, value),
        removeItem: async (key) => removeItem(key),
      }),
    },
    { of: 'MMKV', storage: mmkvStorage(mmkv('delete')) },
    { of: 'MMKV 4', storage: mmkvStorage(mmkv('remove')) },
  ])('of $of keeps, gives back and forgets', async ({ storage }) => {
    expect(await storage.get('a')).toBeFalsy();
    await storage.set('a', '1');
    await storage.set('a', '2');
    expect(await storage.get('a')).toBe('2');
    await storage.remove('a');
    expect(await storage.get('a')).toBeFalsy();
  });
});
