/** Memberships that come from tokens: conversations over the real gateway, whose stage trusts several issuers. */
import { strict as assert } from 'node:assert';
import { hello } from '../../bin/smoke/messages.ts';
import {
  type Member,
  resumeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { cast } from './cast.ts';
import type { EventPath } from './event-paths.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import { type Device, openRestaurantFixture, type RestaurantFixture } from './restaurant-fixture.ts';

const { roles, receiver, office } = cast;
const [receiverType, officeType] = [receiver[1], office[1]];

const nobodysRow = { isMember: true };

/** The stranger is in no table but where a conversation says so. */
const enterBy = (room: RestaurantFixture, restaurants: unknown, claims: object = {}): Promise<Device> =>
  room.enter('stranger', receiverType, {}, { ...nobodysRow, claims: { restaurants, ...claims } });
const strangerAt = (restaurantId: string): Member => ({ restaurantId, issuer: 'demo', userId: 'u-stranger' });

/** The refusal of a first message, and why it was by the record. */
const refusedWith = async (fixture: GatewayFixture, token: string, restaurantId: string): Promise<string> => {
  const client = await fixture.connect();
  client.send(
    hello({ url: fixture.gateway.url, token: fixture.keepSecret(token), restaurantId, connectionType: receiverType }),
  );
  const answer = JSON.parse(await client.next());
  assert.deepEqual([answer.type, answer.reason], ['auth_error', 'access_denied']);
  await client.closed();
  const [record] = await fixture.records(client.connectionId);
  return `${record?.event}: ${record?.detail}`;
};

const menu = JSON.stringify({ v: 1, type: 'menu.updated', data: {}, audience: [receiverType] });
const sourceOf = async (fixture: GatewayFixture, { connectionId }: Device): Promise<unknown> =>
  (await fixture.row(connectionId))?.['membership_source'];

export const claimPaths: readonly EventPath[] = [
  {
    why: 'somebody in no table is in by the claim of their token, hears and publishes, until they are suspended',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'claim-in');
      const device = await enterBy(room, { 'claim-in': roles.member });
      assert.equal(await sourceOf(fixture, device), 'token');
      await device.publishes(cast.changed('s-1'));
      assert.equal((await device.hears())['seq'], 1);
      device.send({ type: 'replay', id: 'r-1', after: 0 });
      assert.equal((await device.hears())['type'], 'replayed');

      const second = await enterBy(room, { 'claim-in': roles.member });
      await suspendMember(fixture.memberships)(strangerAt('claim-in'), Date.now());
      device.send({ type: 'ping' });
      assert.equal((await device.hears())['reason'], 'revoked');
      await room.backendSays(menu);
      assert.equal((await second.hears())['reason'], 'revoked');
      for (const one of [device, second]) {
        assert.equal(await one.closed(), 1000);
        assert.deepEqual(one.untaken(), []);
      }
      const token = await fixture.token('stranger', { restaurants: { 'claim-in': roles.member } });
      assert.equal(await refusedWith(fixture, token, 'claim-in'), 'session_revoked: membership_suspended');
      await resumeMember(fixture.memberships)(strangerAt('claim-in'));
      await (await enterBy(room, { 'claim-in': roles.member })).leave();
    },
  },
  {
    why: 'a row narrows what a claim gives, in the middle of a session, too, and never adds to it',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'claim-narrowed');
      const claims = { restaurants: { 'claim-narrowed': roles.manager } };
      const device = await room.enter('stranger', officeType, {}, { ...nobodysRow, claims });
      await setMember(fixture.memberships)({ ...strangerAt('claim-narrowed'), role: roles.member });
      device.send({ type: 'ping' });
      assert.equal((await device.hears())['reason'], 'revoked');
      await device.closed();
      await assert.rejects(room.enter('stranger', officeType, {}, { ...nobodysRow, claims }));
      const kitchen = await room.enter('stranger', receiverType, {}, { ...nobodysRow, claims });
      assert.equal((await fixture.row(kitchen.connectionId))?.['role'], roles.member);
      await kitchen.leave();
      await setMember(fixture.memberships)({ ...strangerAt('claim-narrowed'), role: roles.owner });
      await assert.rejects(
        room.enter(
          'stranger',
          officeType,
          {},
          {
            ...nobodysRow,
            claims: { restaurants: { 'claim-narrowed': roles.member } },
          },
        ),
      );
    },
  },
  {
    why: 'a renewal with the claim keeps a session by token, and one without it ends it',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'claim-renewed');
      const exp = Math.floor(Date.now() / 1000) + 600;
      const device = await enterBy(room, { 'claim-renewed': roles.member }, { exp });
      const renew = async (claims: Readonly<Record<string, unknown>>) => {
        device.send({ type: 'authenticate', token: await fixture.token('stranger', claims) });
        return device.hears();
      };
      const renewed = await renew({ restaurants: { 'claim-renewed': roles.manager }, exp: exp + 600 });
      assert.deepEqual(
        [renewed['type'], renewed['role'], renewed['session_expires_at']],
        ['auth_success', roles.manager, new Date((exp + 600) * 1_000).toISOString()],
      );
      assert.deepEqual((await renew({}))['reason'], 'revoked');
      assert.equal(await device.closed(), 1000);
      const records = (await fixture.records(device.connectionId)).slice(1);
      assert.deepEqual(records.map(({ kind, event, detail }) => `${kind} ${event}: ${detail}`).sort(), [
        'end session_revoked: membership_revoked',
        'renewal session_renewed: renewed',
        'renewal session_revoked: membership_missing',
      ]);
    },
  },
  {
    why: 'of two issuers neither lets anybody into the restaurants of the other, and no claim makes an owner of the platform',
    plays: async (fixture) => {
      const { pool } = fixture.issuers;
      const byDemo = (restaurants: unknown) => fixture.token('stranger', { restaurants });
      const groups = (...ids: unknown[]) => pool.token({ 'cognito:groups': ids });
      const many = Array.from({ length: 201 }, (_, nth) => `g-${nth}`);
      const refusals = [
        {
          token: await byDemo({ 'of-pool': roles.manager }),
          at: 'of-pool',
          is: 'cross_tenant_attempt: restaurant_not_of_issuer',
        },
        { token: groups('claim-in', 'of-pool'), at: 'claim-in', is: 'cross_tenant_attempt: restaurant_not_of_issuer' },
        { token: groups('of-pool-2'), at: 'of-pool-2', is: 'cross_tenant_attempt: restaurant_not_of_issuer' },
        { token: groups('of-dark'), at: 'of-pool', is: 'cross_tenant_attempt: membership_missing' },
        { token: groups(...many), at: 'of-pool', is: 'cross_tenant_attempt: membership_claim_too_long' },
        { token: groups('of-pool', {}), at: 'of-pool', is: 'cross_tenant_attempt: membership_claim_malformed' },
        {
          token: await byDemo({ '*': roles.everywhere, 'claim-p': roles.everywhere }),
          at: 'claim-p',
          is: 'privilege_escalation_attempt: role_unknown',
        },
      ];
      for (const { token, at, is } of refusals) assert.equal(await refusedWith(fixture, token, at), is);

      const client = await fixture.connect();
      const token = fixture.keepSecret(groups('g-1', 'of-pool'));
      client.send(hello({ url: fixture.gateway.url, token, restaurantId: 'of-pool', connectionType: receiverType }));
      const answer = JSON.parse(await client.next());
      assert.deepEqual([answer.type, answer.role, answer.user_id], ['auth_success', roles.member, 'u-till']);
      await client.leave();
    },
  },
  {
    why: 'the first event of a restaurant that an issuer’s entry names is numbered, before anybody was ever there',
    plays: async (fixture) => {
      const room = openRestaurantFixture(fixture, 'claim-first');
      await room.backendSays(menu);
      const device = await enterBy(room, { 'claim-first': roles.member });
      device.send({ type: 'ping' });
      for (;;) {
        const { type, head_seq: headSeq } = await device.hears();
        if (type === 'menu.updated' || headSeq === 1) break;
        device.send({ type: 'ping' });
      }
      await device.leave();
    },
  },
];
