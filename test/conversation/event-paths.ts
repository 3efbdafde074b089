/** What is published in a restaurant, and who hears of it: conversations of several clients, with an inside view. */
import { strict as assert } from 'node:assert';
import type { ConnectionKey } from '../../lambdas/connection/connection.ts';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import {
  type Member,
  removeMember,
  resumeMember,
  revokeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { redeliveryTexts } from '../../lambdas/sqs/redelivery-message.ts';
import { cast, domainName, idOf, roleOf } from './cast.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import type { SeenCall } from './recorder.ts';
import { type Device, deadLettered, openRestaurantFixture } from './restaurant-fixture.ts';
import { until } from './until.ts';

/** Plays a conversation; throws where something is not as it should be. */
export type EventPath = Readonly<{ why: string; plays: (fixture: GatewayFixture) => Promise<void> }>;

const { sender, receiver, office, display, asker, told, changed, key } = cast;
const { type: toldType } = told('any');
const [receiverType, officeType] = [receiver[1], office[1]];
const [senderId, receiverId, officeId] = [idOf(sender), idOf(receiver), idOf(office)];
/** Data that is delivered character by character as it was said. */
const texts = [
  { why: 'keys that look like numbers', text: '{KEY:"o-1","10":1,"2":2}' },
  { why: 'a number that no double holds', text: '{KEY:"o-1","n":9007199254740993}' },
  { why: 'spellings of numbers, and white space', text: '{ KEY : "o-1",\t"n":1.0, "e":-1E+2 ,"tiny":1e-400}' },
  { why: 'characters as themselves', text: '{KEY:"o-1","note":"Crème 🍕 寿司 \ufffe\uffff \u2028 \u007f"}' },
  {
    why: 'characters as escapes',
    text: '{KEY:"o-1","note":"\\u00e9 \\uD83C\\uDF55 \\ufffe \\u0041 \\\\u00e9 \\/"}',
  },
  { why: 'both', text: '{KEY:"o-1","\\u00e9":"é 🍕 \\ud83c\\udf55"}' },
  {
    why: 'keys that are more than keys elsewhere',
    text: '{"__proto__":{"a":1},"constructor":2,KEY:"o-1","":""}',
  },
  {
    why: 'numbers that are longer once they were read',
    text: `{KEY:"o-1","x":[${Array.from({ length: 3_200 }, () => '1e20').join()}]}`,
  },
].map(({ why, text }) => ({ why, text: text.replace('KEY', JSON.stringify(key)) }));
const ambiguous = ['{"a":1,"a":1}', '"\\ud800"', '1e400', '['.repeat(4_000) + ']'.repeat(4_000)];

/** A session as it is told who is there. */
const as = (part: typeof sender) => ({ user_id: idOf(part), role: roleOf(part[0]), connection_type: part[1] });

const isFirst = (type: string, nth: number, all: readonly string[]): boolean => all.indexOf(type) === nth;

/** The text between the two fields that stand beside it. */
const dataIn = (frame: string): string =>
  /"restaurant_id":"[^"]*","data":(.*?),(?:"user_id"|"timestamp")/s.exec(frame)?.[1] ?? '';

const seqs = (frames: readonly Readonly<Record<string, unknown>>[]) =>
  frames.map(({ seq, prev_seq }) => [seq, prev_seq]);
const listIn = (value: unknown): Parameters<typeof seqs>[0] => (Array.isArray(value) ? value : []);

/** The first call that is meant and its retries have that fate; others go well. */
const interfereOnce = (
  fixture: GatewayFixture,
  is: (call: SeenCall) => boolean,
  fate: 'answer_lost' | 'unavailable',
  times = 1,
) => {
  let left = times;
  return fixture.recorder.interfere((call) => {
    if (left === 0 || !is(call)) return undefined;
    left -= 1;
    return fate;
  });
};

/** How shipped tills say it: an own domain has no such spellings. */
const legacyPaths: readonly EventPath[] = [
  {
    why: 'all kinds are published by their names and by their legacy names',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-kinds');
      const till = await room.enter(...sender);
      const kitchen = await room.enter(...receiver);
      await till.publishes({ type: 'order_created', id: 'k-1', order: { order_id: 7, total: 3 } });
      await till.publishes({ type: 'payment_processed', id: 'k-2', payment: { order_id: 7 } });
      await kitchen.publishes({ type: 'preparation_time_update', id: 'k-3', order_id: 7, estimated_time: 12 });
      await kitchen.publishes({
        type: 'order.status_changed',
        id: 'k-4',
        data: { order_id: 7, status: 'ready' },
      });
      const heard = [await till.hears(), await till.hears(), await till.hears(), await till.hears()];
      assert.deepEqual(
        heard.map(({ type, data }) => [type, data]),
        [
          ['order.created', { order_id: 7, total: 3 }],
          ['payment.completed', { order_id: 7 }],
          ['order.preparation_time', { order_id: 7, estimated_time: 12 }],
          ['order.status_changed', { order_id: 7, status: 'ready' }],
        ],
      );
      assert.deepEqual(seqs([await kitchen.hears(), await kitchen.hears(), await kitchen.hears()]), [
        [1, 0],
        [3, 1],
        [4, 3],
      ]);
      for (const one of [till, kitchen]) await one.leave();
    },
  },
];

export const eventPaths: readonly EventPath[] = [
  {
    why: 'where the events do not come with the memberships, somebody is let in all the same, and the head is asked for alone',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-headless');
      const asked = fixture.recorder.seen(
        ({ functionName, action, text }) =>
          functionName === 'AuthenticateFunction' && action === 'GetItem' && text.includes('r-headless'),
      );
      const end = fixture.recorder.interfere(({ functionName, action, text }) =>
        functionName === 'AuthenticateFunction' &&
        action === 'BatchGetItem' &&
        text.includes(fixture.gateway.tables.events) &&
        text.includes('r-headless')
          ? 'unavailable'
          : undefined,
      );
      const device = await room.enter(...receiver);
      end();
      await asked;
      await device.leave();
    },
  },
  {
    why: 'an order is accepted, numbered and delivered to those whom it is for, with all that is said of it',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-orders');
      const [till, kitchen, customer] = [
        await room.enter(...sender),
        await room.enter(...receiver),
        await room.enter(...display),
      ];
      const eventId = await till.publishes(told('o-1', { items: ['soup'] }));
      const { epoch, timestamp, ...event } = await kitchen.hears();
      assert.deepEqual(event, {
        type: toldType,
        id: eventId,
        seq: 1,
        prev_seq: 0,
        restaurant_id: 'r-orders',
        data: { [key]: 'o-1', items: ['soup'] },
        user_id: senderId,
        connection_type: sender[1],
      });
      assert.match(String(timestamp), /^\d{4}-.*Z$/);
      assert.equal((await till.hears())['epoch'], epoch);
      await kitchen.publishes(changed('s-1'));
      // The display has not seen what was told: its first event is the second one, and nothing is missing.
      const shown = await customer.hears();
      assert.deepEqual(seqs([shown]), [[2, 0]]);
      assert.deepEqual([shown['user_id'], shown['connection_type']], [undefined, receiverType]);
      customer.send({ type: 'replay', id: 'r-1', after: 0 });
      const { events } = await customer.hears();
      assert.deepEqual(events, [shown]);
      assert.deepEqual(seqs([await kitchen.hears()]), [[2, 1]]);
      kitchen.send({ type: 'ping' });
      const pong = await kitchen.hears();
      assert.deepEqual([pong['type'], pong['epoch'], pong['head_seq']], ['pong', epoch, 2]);
      for (const one of [till, kitchen, customer]) await one.leave();
    },
  },
  {
    why: 'every character arrives as it was said, those that a queue does not take among them',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-characters');
      const till = await room.enter(...sender);
      const kitchen = await room.enter(...receiver);
      const note = 'Crème 🍕 寿司 \ufffe\uffff \u2028 \u007f \\ufffe';
      await till.publishes(told('o-1', { note }));
      assert.deepEqual((await kitchen.hears())['data'], { [key]: 'o-1', note });
      for (const one of [till, kitchen]) await one.leave();
    },
  },
  {
    why: 'data arrives as the text of its publisher: alone, in a frame with others, in a replay, from a device and from a backend',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-texts');
      const till = await room.enter(...sender);
      const kitchen = await room.enter(...receiver);
      const batching = await room.enter(...office, { batch: true });
      const said = texts.map(({ text }) => text);
      for (const [nth, text] of said.entries()) {
        till.send(`{"type":"${toldType}","id":"t-${nth}","data":${text}}`);
        assert.equal((await till.hearsUntil('accepted')).at(-1)?.['id'], `t-${nth}`);
      }
      const backends = '{ "10":1,"2":1.0, "big":9007199254740993,"\\u00e9":"\\ud83c\\udf55 \\uFFFE"}';
      const audience = JSON.stringify([receiverType, officeType]);
      await room.backendSays(`{"v":1,"type":"menu.updated","data":${backends},"audience":${audience}}`);
      const heard: string[] = [];
      while (heard.length <= said.length) heard.push(await kitchen.next());
      assert.deepEqual(heard.map(dataIn), [...said, backends]);
      kitchen.send({ type: 'replay', after: 0 });
      const replayed = await kitchen.next();
      for (const text of [...said, backends]) assert.ok(replayed.includes(`"data":${text},`), text.slice(0, 60));
      let frames = '';
      while (!frames.includes(`"data":${backends},`)) frames += await batching.next();
      for (const text of said) assert.ok(frames.includes(`"data":${text},`), text.slice(0, 60));
      for (const one of [till, kitchen, batching]) await one.leave();
    },
  },
  {
    why: 'what two receivers may read differently is refused before it is accepted, with the name of the field',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-ambiguous');
      const till = await room.enter(...sender);
      for (const [nth, text] of ambiguous.entries()) {
        till.send(`{"type":"${toldType}","id":"a-${nth}","data":{"${key}":"o-7","x":${text}}}`);
        const { type, id, reason, field } = await till.hears();
        assert.deepEqual([type, id, reason, field], ['error', `a-${nth}`, 'malformed_message', 'data']);
      }
      await till.leave();
    },
  },
  {
    why: 'another type or content under the same id is another event, and the same value in another spelling is the same',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-identities');
      const [till, other] = [await room.enter(...sender), await room.enter(...sender)];
      const kitchen = await room.enter(...receiver);
      const first = await till.publishes(told('o-1', { n: 1 }));
      // Two tills of one login that count their messages alike.
      const second = await other.publishes({ ...told('o-2', { n: 1 }), id: 'o-1' });
      const third = await till.publishes({ ...told('o-1', { n: 1 }), ...{ type: cast.toldApart } });
      assert.equal(new Set([first, second, third]).size, 3);
      till.send(`{"type":"${toldType}","data":{"n":1.0,"${key}":"\\u006f-1"},"id":"o-1"}`);
      assert.equal((await till.hearsUntil('accepted')).at(-1)?.['event_id'], first);
      await till.publishes(told('o-3'));
      const heard = [await kitchen.hears(), await kitchen.hears(), await kitchen.hears()];
      assert.deepEqual(
        heard.map(({ data }) => Object(data)[key]),
        ['o-1', 'o-2', 'o-3'],
      );
      for (const one of [till, other, kitchen]) await one.leave();
    },
  },
  ...(domainName === 'restaurant' ? legacyPaths : []),
  {
    why: 'an event that is sent again after a lost answer is published once',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-again');
      const till = await room.enter(...sender);
      const first = await till.publishes(told('o-1'));
      assert.equal(await till.publishes(told('o-1')), first);
      await till.publishes(told('o-2'));
      assert.deepEqual(seqs([await till.hears(), await till.hears()]), [
        [1, 0],
        [2, 1],
      ]);
      // Past the queue's own memory the mark knows it.
      await room.backendSays(JSON.stringify({ v: 1, ...told('o-1'), id: first }));
      await till.publishes(told('o-3'));
      assert.deepEqual(seqs([await till.hears()]), [[3, 2]]);
      await till.leave();
    },
  },
  {
    why: 'what a device may not publish is refused, and another restaurant is recorded',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-refused');
      const till = await room.enter(...sender);
      const refusal = async (message: object) => {
        till.send(message);
        const { reason, id } = await till.hears();
        return [reason, id];
      };
      assert.deepEqual(await refusal(cast.forbidden('f-1')), ['forbidden', 'f-1']);
      assert.deepEqual(await refusal({ ...told('f-2'), restaurant_id: 'r-17' }), ['forbidden', 'f-2']);
      assert.deepEqual(await refusal({ type: toldType, id: 'f-3', data: {} }), ['malformed_message', 'f-3']);
      assert.deepEqual(await refusal(cast.wrong('f-4')), ['malformed_message', 'f-4']);
      assert.deepEqual(await refusal({ type: 'menu.updated', id: 'f-5' }), ['unknown_type', 'f-5']);
      assert.deepEqual(await refusal({ ...told('x'), id: 'no id' }), ['malformed_message', undefined]);
      const records = await fixture.records(till.connectionId);
      assert.deepEqual(
        records.filter(({ kind }) => kind === 'message').map(({ event, detail, claimed }) => [event, detail, claimed]),
        [['cross_tenant_attempt', 'restaurant_differs', { restaurant_id: 'r-17' }]],
      );
      await till.leave();
    },
  },
  {
    why: 'what was missed is replayed page by page, and what cannot be replayed is said',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-replay');
      const till = await room.enter(...sender);
      for (const n of [1, 2, 3, 4, 5]) await till.publishes(told(`o-${n}`));
      for (let heard = 0; heard < 5; heard++) await till.hears();
      const replay = async (fields: object) => {
        till.send({ type: 'replay', ...fields });
        const { events, timestamp: _, epoch: __, ...answer } = await till.hears();
        return { ...answer, events: seqs(listIn(events)) };
      };
      const page = { type: 'replayed', head_seq: 5, gap: false };
      assert.deepEqual(await replay({ after: 1, limit: 2, id: 'p' }), {
        ...page,
        id: 'p',
        next_after: 3,
        more: true,
        oldest_seq: 2,
        events: [
          [2, 1],
          [3, 2],
        ],
      });
      assert.deepEqual((await replay({ data: { after: 3 } })).events, [
        [4, 3],
        [5, 4],
      ]);
      assert.deepEqual(await replay({ after: 5 }), {
        ...page,
        next_after: 5,
        more: false,
        oldest_seq: null,
        events: [],
      });
      assert.deepEqual(await replay({ after: 77 }), {
        ...page,
        gap: true,
        next_after: 5,
        more: false,
        oldest_seq: null,
        events: [],
      });
      for (const after of [-1, 1.5, '1', null, undefined]) {
        till.send({ type: 'replay', after });
        assert.equal((await till.hears())['reason'], 'malformed_message');
      }
      await till.leave();
    },
  },
  {
    why: 'nobody replays before they are let in, whatever restaurant they name',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-unopened');
      const till = await room.enter(...sender);
      await till.publishes(told('o-1'));
      await till.hears();
      const stranger = await fixture.connect();
      stranger.send({ type: 'replay', after: 0, restaurant_id: 'r-unopened' });
      const { type, reason } = JSON.parse(await stranger.next());
      assert.deepEqual([type, reason], ['auth_error', 'expected_authentication']);
      assert.equal(await stranger.closed(), 1000);
      assert.deepEqual(stranger.untaken(), []);
      assert.deepEqual(
        (await fixture.records(stranger.connectionId)).map(({ event, detail }) => [event, detail]),
        [['expected_authentication', 'not_authenticate']],
      );
      await till.leave();
    },
  },
  {
    why: 'who is there is told to the office of that restaurant alone, and each device by the name that it gave itself',
    plays: async (fixture) => {
      const [here, there] = [openRestaurantFixture(fixture, 'r-who'), openRestaurantFixture(fixture, 'r-who-else')];
      const till = await here.enter(...sender, { device_id: 'till-3' });
      const office = await here.enter(...asker, { device_id: 'till-3', batch: true });
      const [kitchen, stranger] = [await here.enter(...receiver), await there.enter(...receiver)];
      for (const device of cast.domain.connectionTypes[sender[1]]?.asksWho ? [kitchen] : [till, kitchen]) {
        device.send({ type: 'who', id: 'w-1' });
        const { type, reason, id, field } = await device.hears();
        assert.deepEqual([type, reason, id, field], ['error', 'forbidden', 'w-1', 'type']);
      }
      office.send({ type: 'who', id: 'w-1', restaurant_id: 'r-who-else', limit: 1_000_000 });
      const { sessions, timestamp, next, ...rest } = await office.hears();
      assert.deepEqual(rest, { type: 'present', more: false, id: 'w-1' });
      assert.deepEqual([typeof next, typeof timestamp], ['string', 'string']);
      assert.deepEqual(
        listIn(sessions).map(({ since, ...one }) => ({ ...one, isInThePast: Date.parse(String(since)) <= Date.now() })),
        [
          { ...as(sender), device_id: 'till-3', isInThePast: true },
          { ...as(receiver), isInThePast: true },
          { ...as(asker), device_id: 'till-3', isInThePast: true },
        ],
      );
      for (const one of [till, office, kitchen, stranger]) await one.leave();
    },
  },
  {
    why: 'nothing crosses from one restaurant into another',
    plays: async (fixture) => {
      const [here, there] = [openRestaurantFixture(fixture, 'r-here'), openRestaurantFixture(fixture, 'r-there')];
      const [a, b] = [await here.enter(...sender), await there.enter(...sender)];
      await a.publishes(told('same'));
      await b.publishes(told('same'));
      const [heardA, heardB] = [await a.hears(), await b.hears()];
      assert.deepEqual([heardA['restaurant_id'], heardB['restaurant_id']], ['r-here', 'r-there']);
      assert.notEqual(heardA['id'], heardB['id']);
      assert.notEqual(heardA['epoch'], heardB['epoch']);
      a.send({ type: 'ping' });
      b.send({ type: 'ping' });
      assert.deepEqual([(await a.hears())['type'], (await b.hears())['type']], ['pong', 'pong']);
      for (const one of [a, b]) await one.leave();
    },
  },
  {
    why: 'whoever is dismissed hears so instead of the next event, and nothing after',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-dismissed');
      const till = await room.enter(...sender);
      const member = { restaurantId: room.restaurantId, issuer: 'demo' };
      const { pass, leave } = await room.enter(...receiver);
      await leave();
      const [removed, revoked] = [await room.enter(...receiver, {}, { pass }), await room.enter(...office)];
      await removeMember(fixture.memberships)({ ...member, userId: receiverId });
      await revokeMember(fixture.memberships)({ ...member, userId: officeId }, Date.now() + 1_000);
      await till.publishes(told('o-1'));
      for (const one of [removed, revoked]) {
        const closing = await one.hears();
        assert.deepEqual([closing['type'], closing['reason'], closing['reconnect']], ['closing', 'revoked', false]);
        assert.equal(await one.closed(), 1000);
        assert.deepEqual(one.untaken(), []);
        const records = await fixture.records(one.connectionId);
        assert.deepEqual(
          records.map(({ event }) => event),
          ['access_granted', 'session_revoked'],
        );
      }
      await till.hears();
      await till.leave();
    },
  },
  {
    why: 'whoever is dismissed hears so at their next message, were it a ping',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-dismissed-at-ping');
      const kitchen = await room.enter(...receiver);
      await revokeMember(fixture.memberships)(
        { restaurantId: room.restaurantId, issuer: 'demo', userId: receiverId },
        Date.now() + 1_000,
      );
      kitchen.send({ type: 'ping' });
      assert.equal((await kitchen.hears())['reason'], 'revoked');
      assert.equal(await kitchen.closed(), 1000);
    },
  },
  {
    why: 'whoever is suspended hears so at the next message or event, also an owner of the platform, and comes back when resumed',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-suspended');
      const { restaurantId } = room;
      const member = (userId: string, at = restaurantId): Member => ({ restaurantId: at, issuer: 'demo', userId });
      const owner = { ...member('u-regional', '*'), role: cast.roles.everywhere };
      const asRegional = { isMember: true, claims: { sub: 'u-regional' } };
      await setMember(fixture.memberships)(owner);
      const till = await room.enter(...sender);
      const enterAll = async () => [
        await room.enter(...receiver, {}, { isMember: true }),
        await room.enter('rival', cast.everywhere, {}, asRegional),
      ];
      await setMember(fixture.memberships)({ ...member(receiverId), role: cast.roles.member });
      for (const says of ['events', 'messages']) {
        const [chef, regional] = await enterAll();
        assert.ok(chef && regional);
        for (const userId of [receiverId, 'u-regional'])
          assert.equal(await suspendMember(fixture.memberships)(member(userId), Date.now()), 'suspended');
        if (says === 'messages') for (const one of [chef, regional]) one.send({ type: 'ping' });
        else
          await room.backendSays(
            JSON.stringify({
              v: 1,
              type: 'menu.updated',
              data: {},
              audience: [sender[1], cast.everywhere, receiverType].filter(isFirst),
            }),
          );
        for (const one of [chef, regional]) {
          assert.equal((await one.hears())['reason'], 'revoked');
          assert.equal(await one.closed(), 1000);
          assert.deepEqual(one.untaken(), []);
        }
        for (const userId of [receiverId, 'u-regional']) await resumeMember(fixture.memberships)(member(userId));
      }
      for (const one of await enterAll()) await one.leave();
      await suspendMember(fixture.memberships)(owner, Date.now());
      await assert.rejects(room.enter('rival', cast.everywhere, {}, asRegional));
      await removeMember(fixture.memberships)(owner);
      await till.leave();
    },
  },
  {
    why: 'a revocation ends the sessions of the login it came after, though their token is renewed, and those of no other',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-logins');
      const atMs = Date.now();
      const nowSeconds = Math.floor(atMs / 1000);
      const loggedIn = (secondsAgo: number) => ({ claims: { auth_time: nowSeconds - secondsAgo, iat: nowSeconds } });
      const [before, after] = [
        await room.enter(...receiver, {}, loggedIn(600)),
        await room.enter(...receiver, {}, loggedIn(0)),
      ];
      const renews = await fixture.token(receiver[0], loggedIn(600).claims);
      before.send({ type: 'authenticate', token: renews });
      assert.equal((await before.hears())['type'], 'auth_success');
      const chef = { restaurantId: room.restaurantId, issuer: 'demo', userId: receiverId };
      await revokeMember(fixture.memberships)(chef, (nowSeconds - 300) * 1_000);
      for (const one of [before, after]) one.send({ type: 'ping' });
      assert.equal((await before.hears())['reason'], 'revoked');
      assert.equal(await before.closed(), 1000);
      assert.equal((await after.hears())['type'], 'pong');
      after.send({ type: 'authenticate', token: renews });
      assert.equal((await after.hears())['reason'], 'revoked');
      assert.equal(await after.closed(), 1000);
    },
  },
  {
    why: 'an event of a backend names no publisher, whatever it says, and goes to its audience',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-owned');
      const till = await room.enter(...sender);
      const event = { v: 1, type: 'system.notification', data: { text: 'closing early' }, audience: [sender[1]] };
      for (const claimed of [{}, { from: { user_id: 'u-owner', connection_type: officeType } }]) {
        await room.backendSays(JSON.stringify({ ...event, ...claimed }));
        const { type, data, user_id, connection_type } = await till.hears();
        assert.deepEqual([type, data, user_id, connection_type], [event.type, event.data, undefined, undefined]);
      }
      await till.leave();
    },
  },
  {
    why: 'what is no event is put aside and does not stand in its restaurant’s way',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-poisoned');
      const till = await room.enter(...sender);
      const bodies = {
        'no json': 'not_json',
        '{"v":2,"type":"a.b","data":{}}': 'version_unknown',
        '{"v":1,"type":"ping","data":{}}': 'type_invalid',
        '{"v":1,"type":"a.b","data":[]}': 'data_invalid',
        '{"v":1,"type":"a.b","data":{},"audience":["the waiter"]}': 'audience_invalid',
        '{"v":1,"type":"a.b","data":{},"id":"a b"}': 'id_invalid',
        '{"v":1,"type":"a.b","data":{"a":1,"a":1}}': 'data_invalid',
        '{"v":1,"type":"a.b","data":{"a":1e400}}': 'data_invalid',
        '{"v":1,"type":"a.b","data":{"a":2},"id":"a-1"}': 'id_conflict',
        '{"v":1,"type":"a.c","data":{"a":1},"id":"a-1"}': 'id_conflict',
        [JSON.stringify({ v: 1, type: 'a.b', data: { text: 'x'.repeat(65_536) } })]: 'data_too_large',
      };
      await room.backendSays(`{"v":1,"type":"a.b","data":{"a":1},"id":"a-1","audience":["${receiverType}"]}`);
      for (const body of Object.keys(bodies)) await room.backendSays(body);
      // The same again, in another spelling.
      await room.backendSays('{"v":1,"type":"a.b","data":{"a":1.0},"id":"a-1"}');
      await till.publishes(told('o-1'));
      assert.deepEqual(seqs([await till.hears()]), [[2, 0]]);
      const aside = new Map<string, string>();
      await until(
        async () => {
          for (const { body, why, restaurant, publisher } of await deadLettered(fixture)) {
            assert.notEqual(publisher, '');
            // Other conversations put theirs aside, too.
            if (restaurant === 'r-poisoned') aside.set(body, why);
          }
          return aside.size;
        },
        (size) => size >= Object.keys(bodies).length,
      );
      assert.deepEqual(Object.fromEntries(aside), bodies);
      assert.equal(
        fixture.logLines().filter((line) => line.includes('publication_invalid') && line.includes('"r-poisoned"'))
          .length,
        Object.keys(bodies).length,
      );
      await till.leave();
    },
  },
  {
    why: 'an event for a restaurant where nobody was ever let in is put aside; where somebody was, it is there for the next to come',
    plays: async (fixture) => {
      const unknown = openRestaurantFixture(fixture, 'r-unknown');
      await unknown.backendSays('{"v":1,"type":"menu.updated","data":{}}');
      const heard = (): boolean =>
        fixture.logLines().some((line) => line.includes('"restaurant_unknown"') && line.includes('"r-unknown"'));
      await until(async () => heard(), Boolean);
      const room = openRestaurantFixture(fixture, 'r-left');
      const till = await room.enter(...sender);
      await till.leave();
      await removeMember(fixture.memberships)({ restaurantId: 'r-left', issuer: 'demo', userId: senderId });
      await room.backendSays('{"v":1,"type":"menu.updated","id":"menu-1","data":{}}');
      const next = await room.enter(...sender);
      const replayed = async () => {
        next.send({ type: 'replay', after: 0 });
        const { events } = (await next.hearsUntil('replayed')).at(-1) ?? {};
        return Array.isArray(events) ? events : [];
      };
      const [event] = await until(replayed, (events) => events.length > 0);
      assert.deepEqual([event.id, event.seq], ['menu-1', 1]);
      await next.leave();
    },
  },
  {
    why: 'a socket that is gone without a word is forgotten at the next event, its end recorded once',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-ghost');
      const till = await room.enter(...sender);
      const ghost = await room.enter(...receiver);
      const release = fixture.holdDisconnectOf(ghost.name);
      ghost.drop();
      await ghost.closed();
      await till.publishes(told('o-1'));
      await till.hears();
      assert.equal(
        await until(
          () => fixture.row(ghost.connectionId),
          (row) => row === undefined,
        ),
        undefined,
      );
      release();
      assert.deepEqual(
        (await fixture.records(ghost.connectionId)).map(({ event, detail }) => [event, detail]),
        [
          ['access_granted', 'verified'],
          ['session_ended', 'client_left'],
        ],
      );
      await till.leave();
    },
  },
  {
    why: 'the events of one batch are one frame for clients that understand it, and one each for the others',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-batch');
      const [till, kitchen] = [await room.enter(...sender, { batch: true }), await room.enter(...receiver)];
      // How many messages of a group come together is the queue's affair, so the function is run with several.
      const Records = [1, 2, 3].map((n) => ({
        messageId: `batch-${n}`,
        receiptHandle: 'of no queue',
        body: JSON.stringify({ v: 1, ...told(`batch-${n}`) }),
        attributes: { MessageGroupId: 'r-batch', SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' },
      }));
      const outcome = await fixture.gateway.invoke('FanOutFunction', { Records });
      assert.deepEqual(outcome, { kind: 'returned', value: { batchItemFailures: [] } });
      const numbers = [
        [1, 0],
        [2, 1],
        [3, 2],
      ];
      const { type, events } = await till.hears();
      assert.equal(type, 'events');
      assert.deepEqual(seqs(listIn(events)), numbers);
      assert.deepEqual(seqs([await kitchen.hears(), await kitchen.hears(), await kitchen.hears()]), numbers);
      for (const one of [till, kitchen]) await one.leave();
    },
  },
  {
    why: 'a restaurant whose table fails for longer than a run tries comes again, all of it and in its order',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-failing');
      const till = await room.enter(...sender);
      let isHidden = false;
      const end = fixture.recorder.interfere(({ functionName, action, text }) => {
        if (functionName !== 'FanOutFunction') return undefined;
        isHidden ||= action === 'ChangeMessageVisibilityBatch';
        return !isHidden && action === 'GetItem' && text.includes('R#r-failing"') ? 'unavailable' : undefined;
      });
      for (const id of ['o-1', 'o-2', 'o-3']) await till.publishes(told(id));
      const heard = [await till.hears(), await till.hears(), await till.hears()];
      end();
      assert.deepEqual(seqs(heard), [
        [1, 0],
        [2, 1],
        [3, 2],
      ]);
      assert.deepEqual(
        heard.map(({ data }) => Object(data)[key]),
        ['o-1', 'o-2', 'o-3'],
      );
      assert.equal(isHidden, true);
      await till.leave();
    },
  },
  {
    why: 'lost answers while an event is numbered and a session is ended change nothing',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'r-lossy');
      const till = await room.enter(...sender);
      const chef = await room.enter(...receiver);
      const inFanOut = (action: string, text: string) => (call: SeenCall) =>
        call.functionName === 'FanOutFunction' && call.action === action && call.text.includes(text);
      const ends = [
        interfereOnce(fixture, inFanOut('PutItem', 'E#0000000000000001'), 'answer_lost'),
        interfereOnce(fixture, inFanOut('UpdateItem', chef.connectionId), 'answer_lost'),
        // Each try of it: the record of the dismissal waits in the queue.
        interfereOnce(fixture, inFanOut('PutItem', 'session_revoked'), 'unavailable', 3),
      ];
      await removeMember(fixture.memberships)({ restaurantId: 'r-lossy', issuer: 'demo', userId: receiverId });
      await till.publishes(told('lossy-1'));
      assert.deepEqual(seqs([await till.hears()]), [[1, 0]]);
      assert.equal((await chef.hears())['reason'], 'revoked');
      for (const end of ends) end();
      const records = await until(
        () => fixture.records(chef.connectionId),
        (found) => found.length >= 2,
        15_000,
      );
      assert.deepEqual(
        records.map(({ event }) => event),
        ['access_granted', 'session_revoked'],
      );
      await till.leave();
    },
  },
  {
    why: 'what was not posted is posted again: what fails is put off, who is gone is recorded, and an end that was begun is made',
    plays: async (fixture) => {
      const { gateway } = fixture;
      const room = openRestaurantFixture(fixture, 'r-posted-again');
      const [kitchen, gone, closing] = [
        await room.enter(...receiver),
        await room.enter(...sender),
        await room.enter(office[0], sender[1]),
      ];
      // A post and its second try, by the fan-out and then by the redelivery: what each of them fails at is put off.
      let throttled = 4;
      gateway.faults.post = (connectionId) =>
        connectionId === kitchen.connectionId && throttled-- > 0 ? 'throttled' : 'pass';
      await room.backendSays(JSON.stringify({ v: 1, type: toldType, id: 'o-1', data: {} }));
      const { epoch } = await gone.hears();
      await closing.hears();
      const keyOf = async ({ connectionId }: Device): Promise<ConnectionKey> => ({
        connectionId,
        connectedAtMs: Number((await fixture.row(connectionId))?.['connected_at_ms']),
      });
      const keys = { gone: await keyOf(gone), closing: await keyOf(closing) };
      const postAgain = async (fromSeq: 1 | 'closing', connections: readonly ConnectionKey[]) => {
        const unposted = { restaurantId: room.restaurantId, epoch: String(epoch), seqs: [1] };
        const restaurants = [{ ...unposted, missed: [{ fromSeq, connections }] }];
        const Records = redeliveryTexts({ step: 1, restaurants }).map((body) => ({ messageId: 'again', body }));
        const outcome = await gateway.invoke('RedeliverFunction', { Records });
        assert.deepEqual(outcome, { kind: 'returned', value: { batchItemFailures: [] } });
      };
      const release = fixture.holdDisconnectOf(gone.name);
      await gone.leave();
      const ends = [
        interfereOnce(
          fixture,
          (call) =>
            call.functionName === 'RedeliverFunction' && call.action === 'PutItem' && call.text.includes('client_left'),
          'unavailable',
          3,
        ),
      ];
      await postAgain(1, [keys.gone]);
      for (const end of ends) end();
      release();
      const records = await until(
        () => fixture.records(gone.connectionId),
        (found) => found.length >= 2,
        15_000,
      );
      assert.deepEqual(
        records.map(({ event, detail }) => [event, detail]),
        [
          ['access_granted', 'verified'],
          ['session_ended', 'client_left'],
        ],
      );
      await connections(fixture.connections).close(keys.closing, 'nobody', 'revoked');
      await postAgain('closing', [keys.closing]);
      assert.equal((await closing.hears())['reason'], 'revoked');
      await closing.closed();
      // The second step, after two and ten seconds.
      assert.deepEqual(seqs([await kitchen.hears()]), [[1, 0]]);
      await kitchen.leave();
    },
  },
];
