/** Memberships, as today's commands write them. */
import {
  resumeMember,
  revokeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { enter, firstMessage, type HandOff, leave, newName, open, says } from './hand-off.ts';

export const members: readonly HandOff[] = [
  {
    name: 'a membership that is narrowed and then revoked, to its sessions',
    onlyFromNow: true,
    run: async (rolling, _, second) => {
      rolling.use(second);
      const { memberships } = rolling.target;
      const member = { restaurantId: newName('restaurant'), issuer: 'demo', userId: 'u-chef' };
      await setMember(memberships)({ ...member, role: 'employee', connectionTypes: ['kitchen'] });
      const refused = await open(rolling);
      refused.send(await firstMessage(rolling, { restaurantId: member.restaurantId, connectionType: 'pos' }));
      says(await refused.next(), { type: 'auth_error', reason: 'access_denied' });
      const device = await enter(rolling, { restaurantId: member.restaurantId });
      await revokeMember(memberships)(member, Date.now() + 1_000);
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'closing', reason: 'revoked' });
      await device.closed;
    },
  },
  {
    name: 'a suspension, to its sessions and to whoever comes back',
    onlyFromNow: true,
    run: async (rolling, _, second) => {
      rolling.use(second);
      const { memberships } = rolling.target;
      const member = { restaurantId: newName('restaurant'), issuer: 'demo', userId: 'u-chef' };
      await setMember(memberships)({ ...member, role: 'employee' });
      const device = await enter(rolling, { restaurantId: member.restaurantId });
      await suspendMember(memberships)(member, Date.now());
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'closing', reason: 'revoked' });
      await device.closed;
      const refused = await open(rolling);
      refused.send(await firstMessage(rolling, { restaurantId: member.restaurantId }));
      says(await refused.next(), { type: 'auth_error', reason: 'access_denied' });
      await resumeMember(memberships)(member);
      await leave(rolling, await enter(rolling, { restaurantId: member.restaurantId }));
    },
  },
  {
    name: 'a suspension of a platform owner at one restaurant, to their session',
    onlyFromNow: true,
    run: async (rolling, _, second) => {
      rolling.use(second);
      const { memberships } = rolling.target;
      const member = { restaurantId: newName('restaurant'), issuer: 'demo', userId: 'u-stranger' };
      await setMember(memberships)({ ...member, restaurantId: '*', role: 'platform_owner' });
      const where = { user: 'stranger', restaurantId: member.restaurantId, connectionType: 'platform' } as const;
      const device = await enter(rolling, where);
      await suspendMember(memberships)(member, Date.now());
      device.send({ type: 'ping' });
      says(await device.next(), { type: 'closing', reason: 'revoked' });
      await device.closed;
    },
  },
  {
    name: 'a suspension of a platform owner at one restaurant, to whoever comes in',
    onlyFromNow: true,
    run: async (rolling, _, second) => {
      rolling.use(second);
      const { memberships } = rolling.target;
      const member = { restaurantId: newName('restaurant'), issuer: 'demo', userId: 'u-stranger' };
      await setMember(memberships)({ ...member, restaurantId: '*', role: 'platform_owner' });
      await suspendMember(memberships)(member, Date.now());
      const refused = await open(rolling);
      refused.send(
        await firstMessage(rolling, {
          user: 'stranger',
          restaurantId: member.restaurantId,
          connectionType: 'platform',
        }),
      );
      says(await refused.next(), { type: 'auth_error', reason: 'access_denied' });
      await refused.closed;
    },
  },
];
