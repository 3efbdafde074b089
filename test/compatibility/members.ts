/** Memberships, as today's commands write them. */
import { revokeMember, setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { enter, firstMessage, type HandOff, newName, open, says } from './hand-off.ts';

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
];
