/** What connections and sessions leave to whoever serves them next: rows, and messages of the timer. */
import { strict as assert } from 'node:assert';
import { removeMember, setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import {
  areRecorded,
  enter,
  firstMessage,
  type Frame,
  type HandOff,
  isGone,
  leave,
  newRestaurant,
  open,
  says,
} from './hand-off.ts';

export const sessions: readonly HandOff[] = [
  {
    name: 'a handshake with hints, to its first message',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const device = await open(rolling, '?restaurant_id=r-17&connection_type=kitchen');
      rolling.use(second);
      const { token } = await firstMessage(rolling);
      device.send({ type: 'authenticate', token });
      says(await device.next(), { type: 'auth_success', restaurant_id: 'r-17', connection_type: 'kitchen' });
      await leave(rolling, device);
      await areRecorded(rolling, device.userAgent, ['access_granted', 'session_ended']);
    },
  },
  {
    name: 'a silent connection, to its deadline',
    run: async (rolling, first, second) => {
      rolling.use(first);
      rolling.use(second, 'AuthTimeout');
      const device = await open(rolling);
      says(await device.next(), { type: 'auth_error', reason: 'auth_timeout' });
      await device.closed;
      await areRecorded(rolling, device.userAgent, ['auth_timeout']);
    },
  },
  {
    name: 'a session, to its messages',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const restaurantId = await newRestaurant(rolling);
      const device = await enter(rolling, { restaurantId });
      rolling.use(second);
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'pong', session_expires_at: device.entered['session_expires_at'] });
      device.send({ type: 'replay', id: 'r-1', after: 0 });
      says(await device.next(), { type: 'replayed', id: 'r-1', events: [] });
      device.send({ type: 'order.status_changed', id: 's-1', data: { order_id: 17, status: 'ready' } });
      says(await device.next(), { type: 'accepted', id: 's-1' });
      await leave(rolling, device);
    },
  },
  {
    name: 'a session, to its renewal, and back',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const device = await enter(rolling);
      rolling.use(second);
      device.send(await firstMessage(rolling));
      says(await device.next(), { type: 'auth_success', connection_id: device.entered['connection_id'] });
      rolling.use(first);
      device.send(await firstMessage(rolling));
      says(await device.next(), { type: 'auth_success', connection_id: device.entered['connection_id'] });
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'pong' });
      await leave(rolling, device);
      await areRecorded(rolling, device.userAgent, [
        'access_granted',
        'session_renewed',
        'session_renewed',
        'session_ended',
      ]);
    },
  },
  {
    name: 'a session of a device that says what it calls itself, to its messages and its renewal',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const visit = { user: 'owner', connectionType: 'management', fields: { device_id: 'office-1' } } as const;
      const device = await enter(rolling, visit);
      const nameOf = async () => (await rolling.rowOf(device.userAgent))?.['device_id'];
      const name = first === 'now' ? 'office-1' : undefined;
      assert.equal(await nameOf(), name);
      rolling.use(second);
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'pong' });
      device.send(await firstMessage(rolling, visit));
      says(await device.next(), { type: 'auth_success', connection_id: device.entered['connection_id'] });
      assert.equal(await nameOf(), name);
      await leave(rolling, device);
    },
  },
  {
    name: 'a session, to the question who is there',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const restaurantId = await newRestaurant(rolling);
      await setMember(rolling.target.memberships)({ restaurantId, issuer: 'demo', userId: 'u-owner', role: 'manager' });
      const office = await enter(rolling, { user: 'owner', restaurantId, connectionType: 'management' });
      const kitchen = await enter(rolling, { restaurantId });
      rolling.use(second);
      office.send({ type: 'who', id: 'w-1' });
      const answer = await office.next();
      says(answer, { type: 'present', more: false, id: 'w-1' });
      assert.deepEqual(
        Object(answer['sessions']).map(({ user_id, role, device_id }: Frame) => [user_id, role, device_id]),
        [
          ['u-chef', 'employee', undefined],
          ['u-owner', 'manager', undefined],
        ],
      );
      for (const device of [office, kitchen]) await leave(rolling, device);
    },
  },
  {
    name: 'a session, to the end of its socket',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const device = await enter(rolling);
      rolling.use(second);
      await leave(rolling, device);
      await areRecorded(rolling, device.userAgent, ['access_granted', 'session_ended']);
    },
  },
  {
    name: 'a session that is being closed, to the end of its socket',
    run: async (rolling, first, second) => {
      rolling.use(first);
      rolling.use(second, 'Disconnect');
      const restaurantId = await newRestaurant(rolling);
      const device = await enter(rolling, { restaurantId });
      await removeMember(rolling.target.memberships)({ restaurantId, issuer: 'demo', userId: 'u-chef' });
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'closing', reason: 'revoked' });
      await isGone(rolling, device.userAgent);
      await areRecorded(rolling, device.userAgent, ['access_granted', 'session_revoked']);
    },
  },
];
