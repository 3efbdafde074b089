/** What a conversation leaves behind: the connection's row while no `$disconnect` has come, and its audit records. */
import { connectionTypeOfVisitor, restaurantOfVisitor, userOfVisitor } from './demo-visitor.ts';

/** An audit record as the tests look at it. `trail` is the restaurant whose trail it stands in, or `unverified`. */
export type AuditView = Readonly<{
  trail: string;
  /** A renewal's kind without its request id. */
  kind: 'handshake' | 'attempt' | 'renewal' | 'platform_owner' | 'message' | 'messages' | 'end';
  event: string;
  severity: 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';
  detail: string;
  /** Issuer alias and user id, when verified. */
  user?: string;
  connectionType?: string;
  claimed?: Readonly<{ user_id?: string; restaurant_id?: string; connection_type?: string }>;
}>;

/** Fields that differ from those of the visitor; `undefined` leaves one as it is. */
type More = { [Field in keyof AuditView]?: AuditView[Field] | undefined };

export type Traces = Readonly<{ row: string | undefined; records: readonly AuditView[] }>;

const claimedByVisitor = { restaurant_id: restaurantOfVisitor, connection_type: connectionTypeOfVisitor };

/** A record in the trail of the demo restaurant. */
export const verifiedRecord = (
  kind: AuditView['kind'],
  event: string,
  severity: AuditView['severity'],
  detail: string,
  more: More = {},
): AuditView => ({
  trail: restaurantOfVisitor,
  kind,
  event,
  severity,
  detail,
  user: userOfVisitor,
  connectionType: connectionTypeOfVisitor,
  ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
});

export const granted = (more: More = {}): AuditView =>
  verifiedRecord('attempt', 'access_granted', 'INFO', 'verified', more);

export const leftSession = (more: More = {}): AuditView =>
  verifiedRecord('end', 'session_ended', 'INFO', 'client_left', more);

/** Somebody was let in and the session is still there. */
export const authenticated = (more: More = {}): Traces => ({ row: 'authenticated', records: [granted(more)] });

/** Somebody was let in, did something worth a record, and the session is still there. */
export const authenticatedWith = (...records: readonly AuditView[]): Traces => ({
  row: 'authenticated',
  records: [granted(), ...records],
});

/** A session that the gateway ended over a renewal. `claimed` is what the renewing message said. */
export const endedOver = (
  event: string,
  severity: AuditView['severity'],
  detail: string,
  { user, claimed = claimedByVisitor, end = {} }: Pick<AuditView, 'user' | 'claimed'> & { end?: More } = {},
): Traces => ({
  row: 'closing',
  records: [
    granted({ user }),
    verifiedRecord('renewal', event, severity, detail, { user, claimed }),
    verifiedRecord('end', 'session_ended', 'INFO', 'closed_by_us', { user, ...end }),
  ],
});

/** Nobody was let in. `claimed` is what was claimed, by default the visitor's own restaurant and connection type. */
export const refusedAs = (
  event: string,
  severity: AuditView['severity'],
  detail: string,
  { user, claimed = claimedByVisitor }: Pick<AuditView, 'user' | 'claimed'> = {},
): Traces => ({
  row: 'refused',
  records: [
    {
      trail: 'unverified',
      kind: 'attempt',
      event,
      severity,
      detail,
      ...(user === undefined ? {} : { user }),
      claimed,
    },
  ],
});

/** A verified user was not let in. */
export const deniedAs = (
  event: string,
  severity: AuditView['severity'],
  detail: string,
  { user = userOfVisitor, ...claimed }: NonNullable<AuditView['claimed']> & Pick<AuditView, 'user'> = {},
): Traces => refusedAs(event, severity, detail, { user, claimed: { ...claimedByVisitor, ...claimed } });

/** Nothing was understood, so nothing was claimed either. */
export const refusedUnheard = (event: string, severity: AuditView['severity'], detail: string): Traces =>
  refusedAs(event, severity, detail, { claimed: {} });

/** The connection has not been decided, and no record is due. */
export const undecided: Traces = { row: 'pending', records: [] };
