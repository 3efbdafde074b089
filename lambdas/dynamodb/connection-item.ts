/** The connection row as it is stored, and back. Fields are named one by one: nothing else gets in or out. */
import * as v from 'valibot';
import { connectionTypePattern, rolePattern } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { type ClosingReason, closings, type RefusalReason, refusals } from '../../protocol/reasons.ts';
import { membershipSources } from '../access/membership.ts';
import type { Ended, FoundConnection, Handshake, Session } from '../connection/connection.ts';
import type { Item } from './table.ts';

const ms = v.number();
const handshakeFields = {
  connection_id: v.string(),
  connected_at_ms: ms,
  auth_deadline_ms: ms,
  source_ip: v.string(),
  user_agent: v.optional(v.string()),
  member: v.optional(v.string()),
  dialect: v.optional(v.picklist(['v1', 'old'])),
  hinted_user_id: v.optional(v.string()),
  hinted_restaurant_id: v.optional(v.string()),
  hinted_connection_type: v.optional(v.string()),
};
const sessionFields = {
  issuer: v.string(),
  user_id: v.string(),
  restaurant_id: v.string(),
  // Their form alone: another configuration may have let the session in, whose names are not this one's.
  connection_type: v.pipe(v.string(), v.regex(connectionTypePattern)),
  role: v.pipe(v.string(), v.regex(rolePattern)),
  membership_source: v.optional(v.picklist(membershipSources)),
  session_expires_at_ms: ms,
  token_issued_at_ms: ms,
  logged_in_at_ms: v.optional(ms),
  granted_at_ms: ms,
  batch: v.boolean(),
  device_id: v.optional(v.string()),
  last_message: v.optional(v.literal('auth_error')),
};
const owner = { owner_id: v.string() };
const lease = { ...owner, lease_expires_at_ms: ms };
const keysOf = <K extends string>(table: Record<K, unknown>): K[] => Object.keys(table) as K[];

const ConnectionItem = v.variant('status', [
  v.object({ ...handshakeFields, status: v.literal('pending') }),
  v.object({ ...handshakeFields, ...lease, status: v.literal('verifying') }),
  v.object({ ...handshakeFields, ...lease, ...sessionFields, status: v.literal('granting') }),
  v.object({
    ...handshakeFields,
    ...owner,
    ...sessionFields,
    status: v.literal('authenticated'),
    paid_until_ms: v.optional(ms),
  }),
  v.object({
    ...handshakeFields,
    ...owner,
    status: v.literal('refused'),
    reason: v.picklist(keysOf<RefusalReason>(refusals)),
  }),
  v.object({ ...handshakeFields, ...owner, status: v.literal('timed_out') }),
  v.object({ ...handshakeFields, ...owner, status: v.literal('lapsed') }),
  v.object({ ...handshakeFields, ...owner, ...sessionFields, status: v.literal('unseated') }),
  v.object({
    ...handshakeFields,
    ...owner,
    ...sessionFields,
    status: v.literal('closing'),
    closing_reason: v.picklist(keysOf<ClosingReason>(closings)),
  }),
  v.object({
    connection_id: v.string(),
    connected_at_ms: ms,
    status: v.literal('ended'),
    ended_by: v.picklist(['disconnect', 'gone']),
  }),
]);
type ConnectionItem = v.InferOutput<typeof ConnectionItem>;
type SessionItem = v.InferOutput<v.ObjectSchema<typeof sessionFields, undefined>>;

/** Ghost rows (whose `$disconnect` never came) go a day after the platform must have ended their connection. */
const keepAfterLifetimeSeconds = 24 * 60 * 60;

/** Frames of a closed connection are over within seconds; an hour is more than any of them needs. */
const keepTombstoneSeconds = 60 * 60;

export const tombstoneItem = ({ connectionId, connectedAtMs, status, endedBy }: Ended, atMs: number): Item => ({
  connection_id: connectionId,
  connected_at_ms: connectedAtMs,
  status,
  ended_by: endedBy,
  expires_at: Math.ceil(atMs / 1000) + keepTombstoneSeconds,
});

export const pendingItem = (handshake: Handshake): Item => ({
  connection_id: handshake.connectionId,
  connected_at_ms: handshake.connectedAtMs,
  auth_deadline_ms: handshake.authDeadlineMs,
  source_ip: handshake.sourceIp,
  user_agent: handshake.userAgent,
  member: handshake.passMember,
  dialect: handshake.dialect,
  hinted_user_id: handshake.hints.userId,
  hinted_restaurant_id: handshake.hints.restaurantId,
  hinted_connection_type: handshake.hints.connectionType,
  status: 'pending',
  expires_at: Math.ceil((handshake.connectedAtMs + limits.maxSessionMs) / 1000) + keepAfterLifetimeSeconds,
});

export const sessionAttributes = (session: Session): SessionItem => ({
  issuer: session.issuer,
  user_id: session.userId,
  restaurant_id: session.restaurantId,
  connection_type: session.connectionType,
  role: session.role,
  membership_source: session.membershipSource,
  session_expires_at_ms: session.sessionExpiresAtMs,
  token_issued_at_ms: session.tokenIssuedAtMs,
  logged_in_at_ms: session.loggedInAtMs,
  granted_at_ms: session.grantedAtMs,
  batch: session.batch,
  device_id: session.deviceId,
});

const Key = v.object({ connection_id: v.string(), connected_at_ms: ms });

/** A row that is not one this version writes is only known to be there. Throws `ValiError` where not even its key can be read. */
export const connectionOf = (stored: Item): FoundConnection => {
  const read = v.safeParse(ConnectionItem, stored);
  if (!read.success) {
    const { connection_id, connected_at_ms } = v.parse(Key, stored);
    return { connectionId: connection_id, connectedAtMs: connected_at_ms, status: 'unrecognized' };
  }
  const item = read.output;
  if (item.status === 'ended')
    return {
      connectionId: item.connection_id,
      connectedAtMs: item.connected_at_ms,
      status: item.status,
      endedBy: item.ended_by,
    };
  const handshake = handshakeOf(item);
  switch (item.status) {
    case 'pending':
      return { ...handshake, status: item.status };
    case 'verifying':
      return { ...handshake, status: item.status, ownerId: item.owner_id, leaseExpiresAtMs: item.lease_expires_at_ms };
    case 'granting':
      return {
        ...handshake,
        status: item.status,
        ownerId: item.owner_id,
        leaseExpiresAtMs: item.lease_expires_at_ms,
        session: sessionOf(item),
      };
    case 'authenticated':
      return {
        ...handshake,
        status: item.status,
        ownerId: item.owner_id,
        session: sessionOf(item),
        ...(item.paid_until_ms === undefined ? {} : { messagesTatMs: item.paid_until_ms }),
      };
    case 'unseated':
      return { ...handshake, status: item.status, ownerId: item.owner_id, session: sessionOf(item) };
    case 'refused':
      return { ...handshake, status: item.status, ownerId: item.owner_id, reason: item.reason };
    case 'timed_out':
    case 'lapsed':
      return { ...handshake, status: item.status, ownerId: item.owner_id };
    case 'closing':
      return {
        ...handshake,
        status: item.status,
        ownerId: item.owner_id,
        session: sessionOf(item),
        closingReason: item.closing_reason,
      };
  }
};

const handshakeOf = (item: Exclude<ConnectionItem, { status: 'ended' }>): Handshake => ({
  connectionId: item.connection_id,
  connectedAtMs: item.connected_at_ms,
  authDeadlineMs: item.auth_deadline_ms,
  sourceIp: item.source_ip,
  ...(item.user_agent === undefined ? {} : { userAgent: item.user_agent }),
  ...(item.member === undefined ? {} : { passMember: item.member }),
  ...(item.dialect === undefined ? {} : { dialect: item.dialect }),
  hints: {
    ...(item.hinted_user_id === undefined ? {} : { userId: item.hinted_user_id }),
    ...(item.hinted_restaurant_id === undefined ? {} : { restaurantId: item.hinted_restaurant_id }),
    ...(item.hinted_connection_type === undefined ? {} : { connectionType: item.hinted_connection_type }),
  },
});

const sessionOf = (item: SessionItem): Session => ({
  issuer: item.issuer,
  userId: item.user_id,
  restaurantId: item.restaurant_id,
  connectionType: item.connection_type,
  role: item.role,
  ...(item.membership_source === undefined ? {} : { membershipSource: item.membership_source }),
  sessionExpiresAtMs: item.session_expires_at_ms,
  tokenIssuedAtMs: item.token_issued_at_ms,
  ...(item.logged_in_at_ms === undefined ? {} : { loggedInAtMs: item.logged_in_at_ms }),
  grantedAtMs: item.granted_at_ms,
  batch: item.batch,
  ...(item.device_id === undefined ? {} : { deviceId: item.device_id }),
  ...(item.last_message === undefined ? {} : { lastMessage: item.last_message }),
});
