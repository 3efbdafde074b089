/** What `client.who()` promises an application; what it asks of the gateway, the courses of client/conformance say. */
import { describe, expect, test } from '@jest/globals';
import { type ConnectOptions, WhoError } from '../../client/src/index.ts';
import { forbidden } from '../forbidden.ts';
import { type ClientFixture, createClientFixture, minute } from './client-fixture.ts';

const entry = { user_id: 'u-1', role: 'manager', connection_type: 'management', since: '2026-11-23T18:30:05.007Z' };
const told = { userId: 'u-1', role: 'manager', connectionType: 'management', since: '2026-11-23T18:30:05.007Z' };

/** A gateway that answers with these pages, the last one again and again. */
const answering = async (...pages: readonly object[]): Promise<ClientFixture> => {
  const fixture = createClientFixture();
  let asked = 0;
  fixture.gateway.script.message = (caller, { type, id }, pass) => {
    if (type !== 'who') return pass();
    caller.send({ type: 'present', sessions: [], more: false, id, ...(pages[asked++] ?? pages.at(-1)) });
  };
  await fixture.authenticated();
  return fixture;
};

const questions = ({ gateway }: ClientFixture) =>
  gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'who');

/** What became of it by now. */
const outcomeOf = async (fixture: ClientFixture, ms: number) => {
  const asked = fixture.client.who().then(
    (sessions) => ({ sessions }),
    (error: unknown) => ({ isWhoError: error instanceof WhoError, code: Object(error).code }),
  );
  await fixture.clock.pass(ms);
  return Promise.race([asked, Promise.resolve('nothing yet')]);
};

describe('client.who()', () => {
  test('resolves to who is there, from all pages, in their order', async () => {
    const fixture = await answering(
      { sessions: [entry, { ...entry, device_id: 'office-1' }], more: true, next: 'place-1' },
      { sessions: [], more: true, next: 'place-1', retry_after_ms: 2_000 },
      { sessions: [{ ...entry, user_id: 'u-2', flavour: 'new' }] },
    );
    expect(await outcomeOf(fixture, 5_000)).toEqual({
      sessions: [
        { ...told, deviceId: undefined },
        { ...told, deviceId: 'office-1' },
        { ...told, userId: 'u-2', deviceId: undefined },
      ],
    });
    expect(questions(fixture).map(({ after }) => after)).toEqual([undefined, 'place-1', 'place-1']);
  });

  test('asked by several at once is one question', async () => {
    const fixture = await answering({ sessions: [entry] });
    const all = Promise.all([fixture.client.who(), fixture.client.who(), fixture.client.who()]);
    await fixture.clock.pass(1_000);
    expect((await all).map((sessions) => sessions.length)).toEqual([1, 1, 1]);
    expect(questions(fixture)).toHaveLength(1);
  });

  test('rejects at once where nobody is connected, and asks nothing later', async () => {
    const fixture = createClientFixture();
    expect(await outcomeOf(fixture, 0)).toEqual({ isWhoError: true, code: 'not_connected' });
    await fixture.authenticated();
    await fixture.clock.pass(minute);
    expect(questions(fixture)).toEqual([]);
    fixture.client.close();
    expect(await outcomeOf(fixture, 0)).toEqual({ isWhoError: true, code: 'not_connected' });
  });

  test.each(['forbidden', 'unavailable', 'rate_limited', 'unknown_type', 'from_the_future'])(
    'rejects with the reason of the gateway: %s',
    async (reason) => {
      const fixture = await answering({ type: 'error', error: 'Not served', reason });
      expect(await outcomeOf(fixture, 1_000)).toEqual({ isWhoError: true, code: reason });
      expect(questions(fixture)).toHaveLength(1);
    },
  );

  test.each<{ why: string; code: string; next: (fixture: ClientFixture) => void }>([
    { why: 'no answer comes', code: 'timeout', next: () => {} },
    { why: 'the connection is lost', code: 'not_connected', next: ({ gateway }) => gateway.caller().close(1006) },
    { why: 'the client is closed', code: 'not_connected', next: ({ client }) => client.close() },
  ])('rejects where $why, and the next question is a new one', async ({ code, next }) => {
    const fixture = await answering({ type: 'ignored' });
    const asked = outcomeOf(fixture, 0);
    await asked;
    next(fixture);
    const later = fixture.client.who().catch((error: unknown) => Object(error).code);
    await fixture.clock.pass(15_000);
    expect(await later).toBe(code);
  });

  test('leaves no promise open where the client itself fails', async () => {
    let isBroken = false;
    const fixture = createClientFixture({
      random: () => {
        if (isBroken) throw new Error('no chance');
        return 0.5;
      },
    });
    fixture.gateway.script.message = () => {};
    await fixture.authenticated();
    const asked = fixture.client.who().catch((error: unknown) => Object(error).code);
    isBroken = true;
    const another = fixture.client.who().catch((error: unknown) => Object(error).code);
    expect(await Promise.all([asked, another])).toEqual(['not_connected', 'not_connected']);
  });
});

/** A question of three pages, while a younger connection takes over at one moment; what becomes of it. */
const askedWhile = async (
  takeOverAtMs: number,
  then: (fixture: ClientFixture, old: ReturnType<ClientFixture['gateway']['caller']>) => void,
) => {
  const more = { more: true, retry_after_ms: 1_000 };
  const fixture = await answering(
    { sessions: [entry], next: 'place-1', ...more },
    { sessions: [{ ...entry, user_id: 'u-2' }], next: 'place-2', ...more },
    { sessions: [{ ...entry, user_id: 'u-3' }] },
  );
  const old = fixture.gateway.caller();
  fixture.clock.timers.setTimeout(() => {
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    then(fixture, old);
  }, takeOverAtMs);
  const outcome = await outcomeOf(fixture, 30_000);
  fixture.client.close();
  return { outcome, pages: questions(fixture).length, connections: fixture.gateway.callers.length };
};
const moments = Array.from({ length: 45 }, (_, nth) => 50 * nth + 1);

describe('a hand-over while several pages are asked for', () => {
  test('at whichever moment loses no page, and asks for none twice', async () => {
    const all = [told, { ...told, userId: 'u-2' }, { ...told, userId: 'u-3' }];
    const sessions = all.map((one) => ({ ...one, deviceId: undefined }));
    const seen = new Set<number>();
    for (const atMs of moments) {
      const { outcome, pages, connections } = await askedWhile(atMs, () => {});
      expect({ atMs, outcome }).toEqual({ atMs, outcome: { sessions } });
      expect(pages).toBe(3);
      seen.add(connections);
    }
    expect([...seen]).toEqual([2]);
  });

  test('that comes to nothing, at whichever moment, rejects the question or answers it whole', async () => {
    const codes = new Set<unknown>();
    for (const atMs of moments) {
      const { outcome } = await askedWhile(atMs, ({ gateway, clock }, old) => {
        gateway.script.handshake = 'fail';
        clock.timers.setTimeout(() => old.close(1000), 100);
      });
      codes.add(Object(outcome).code ?? Object(outcome).sessions.length);
    }
    // The last moments are after the last page.
    expect([...codes].sort()).toEqual([3, 'not_connected']);
  });
});

describe('the option deviceId', () => {
  test('is said in the first message of each connection', async () => {
    const fixture = createClientFixture({ deviceId: 'kitchen-2' });
    await fixture.authenticated();
    fixture.gateway.restart();
    await fixture.clock.pass(minute);
    const first = fixture.gateway.callers.map(({ heard }) => heard[0]);
    expect(first.length).toBeGreaterThan(1);
    for (const message of first) expect(message).toMatchObject({ type: 'authenticate', device_id: 'kitchen-2' });
  });

  test.each<Required<Pick<ConnectOptions, 'deviceId'>>>([
    { deviceId: '' },
    { deviceId: 'till 3' },
    { deviceId: 'd'.repeat(65) },
    { deviceId: forbidden(3) },
  ])('that is no name is a mistake in the program: $deviceId', ({ deviceId }) => {
    expect(() => createClientFixture({ deviceId })).toThrow(TypeError);
  });

  test('left out says nothing', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    expect(fixture.gateway.caller().heard[0]).not.toHaveProperty('device_id');
  });
});
