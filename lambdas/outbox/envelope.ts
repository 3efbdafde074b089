/** What the backend gets of a record, as one envelope: `docs/outbox.md` is its contract. Pure. */
import type { JsonText } from '../../protocol/json/json-text.ts';
import { limits } from '../../protocol/limits.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import type { StoredAuditRecord } from '../security/audit-columns.ts';
import { columnNames, isClaimed } from '../security/audit-record.ts';
import { entryOf } from '../security/catalogue.ts';

export type Envelope = Readonly<{
  source: 'maitred.events' | 'maitred.sessions' | 'maitred.security';
  detailType: string;
  /** A JSON object. */
  detail: string;
  /** None: a security event of somebody who was not verified. */
  restaurantId: string | undefined;
  /** The same for the same record, and for no other of its restaurant. */
  key: string;
  occurredAtMs: number;
}>;

export type NumberedEvent = Readonly<{ restaurantId: string; epoch: string; event: RestaurantEvent }>;

const version = 1;

/** `data` is the publisher's text. Whoever reads it as a value and needs the text finds it beside it where the value does not give it. */
export const eventEnvelope = (stage: string, { restaurantId, epoch, event }: NumberedEvent): Envelope => {
  const { id, seq, type, data, audience, publisher, occurredAtMs } = event;
  const before = { v: version, stage, restaurant_id: restaurantId, epoch, seq, prev_seq: seq - 1, id, type };
  const after = {
    data_text: isWrittenAlike(data) ? undefined : data,
    audience,
    publisher: publisher && { user_id: publisher.userId, connection_type: publisher.connectionType },
    timestamp: timeOf(occurredAtMs),
  };
  return {
    source: 'maitred.events',
    detailType: type,
    detail: `${JSON.stringify(before).slice(0, -1)},"data":${data},${JSON.stringify(after).slice(1)}`,
    restaurantId,
    key: `${epoch}.${seq}`,
    occurredAtMs,
  };
};

/** Of an audit record: the begin or the end of a session, or else a security event. */
export const auditEnvelope = (stage: string, record: StoredAuditRecord): Envelope => {
  const outcome = entryOf(record.event)?.outcome;
  if (record.restaurant_id !== undefined && outcome === 'entered')
    return sessionEnvelope(stage, record, 'session.began');
  if (record.restaurant_id !== undefined && outcome === 'left') return sessionEnvelope(stage, record, 'session.ended');
  return securityEnvelope(stage, record);
};

const sessionEnvelope = (
  stage: string,
  record: StoredAuditRecord,
  detailType: 'session.began' | 'session.ended',
): Envelope => {
  const { restaurant_id, connection_id, issuer, user_id, connection_type, membership, event, detail } = record;
  const connectedAtMs = connectedAtMsOf(record);
  return {
    source: 'maitred.sessions',
    detailType,
    detail: JSON.stringify({
      v: version,
      stage,
      restaurant_id,
      id: record.sk,
      connection_id,
      user_id,
      issuer,
      connection_type,
      membership,
      security_event: event,
      reason: detail,
      connected_at: timeOf(connectedAtMs),
      // The platform closes every connection by then, whether or not it tells anybody.
      ends_by: detailType === 'session.began' ? timeOf(connectedAtMs + limits.maxSessionMs) : undefined,
      timestamp: record.time,
    }),
    ...commonOf(record),
  };
};

/** Every column of the record. What a client sent and nobody verified is under `claimed`, and in `user_agent` and `origin`. */
const securityEnvelope = (stage: string, record: StoredAuditRecord): Envelope => {
  const { sk, event, detail, time, unmapped } = record;
  const others = columnNames.filter((name) => !isClaimed(name) && !renamed.has(name));
  return {
    source: 'maitred.security',
    detailType: event,
    detail: JSON.stringify({
      v: version,
      stage,
      id: sk,
      ...Object.fromEntries(others.map((name) => [name, Object.entries(record).find(([key]) => key === name)?.[1]])),
      reason: detail,
      claimed: unmapped,
      connected_at: timeOf(connectedAtMsOf(record)),
      timestamp: time,
    }),
    ...commonOf(record),
  };
};

/** Columns that the envelope has under the names that all envelopes share. */
const renamed: ReadonlySet<string> = new Set(['event', 'detail', 'time']);

const commonOf = ({ sk, restaurant_id, time }: StoredAuditRecord) => ({
  restaurantId: restaurant_id,
  key: sk,
  occurredAtMs: Date.parse(time),
});

/** When the connection began: a record's key begins with it. */
const connectedAtMsOf = ({ sk }: StoredAuditRecord): number => Date.parse(sk.slice(0, sk.indexOf('#')));

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** Whether parsing and writing gives the very text again: not with spaces, other spellings of numbers and strings, keys that are numbers. */
const isWrittenAlike = (data: JsonText): boolean => JSON.stringify(JSON.parse(data)) === data;
