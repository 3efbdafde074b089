import { isUnreadable, type Membership } from '../access/membership.ts';
import type { ConnectionKey } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';

/** Tells the people on call of rows that cannot be read: once, however many there are. `members -- export` names them. */
export const tellUnreadable =
  ({ telemetry }: Pick<Ports, 'telemetry'>) =>
  (memberships: readonly (Membership | undefined)[], key: Partial<ConnectionKey> = {}): void => {
    if (memberships.some(isUnreadable)) telemetry.failed('membership', key, new UnreadableMembershipError());
  };

class UnreadableMembershipError extends Error {
  readonly code = 'MEMBERSHIP_UNREADABLE';

  constructor() {
    super('a row of the membership table is none that this version can read');
    this.name = 'UnreadableMembershipError';
  }
}
