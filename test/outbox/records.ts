/** Stream records as DynamoDB makes them of what the tables' own writers write. */
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { auditItem } from '../../lambdas/dynamodb/audit.ts';
import { eventItem, eventKey, partitionOf } from '../../lambdas/dynamodb/stream-item.ts';
import type { Item } from '../../lambdas/dynamodb/table.ts';
import type { AuditRecord } from '../../lambdas/security/audit-record.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';

export const nowMs = Date.UTC(2026, 10, 27, 18, 0, 0);

export const numbered = (seq: number, fields: Partial<RestaurantEvent> = {}): RestaurantEvent => ({
  id: `evt_${seq}`,
  seq,
  type: 'order.created',
  data: scannedBefore(`{"order_id":${seq}}`),
  audience: ['pos', 'kitchen'],
  prevSeqOf: { pos: seq - 1, kitchen: seq - 1 },
  publisher: { userId: 'u-1', connectionType: 'pos' },
  occurredAtMs: nowMs,
  ...fields,
});

export const sessionBegan: AuditRecord = {
  kind: 'attempt',
  event: 'access_granted',
  detail: 'verified',
  occurredAtMs: nowMs + 1_000,
  connectionId: 'Zm9vYmFy=',
  connectedAtMs: nowMs,
  sourceIp: '192.0.2.1',
  userAgent: 'till/3.2',
  verified: { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' },
  membershipSource: 'table',
};
export const sessionEnded: AuditRecord = {
  ...sessionBegan,
  kind: 'end',
  event: 'session_ended',
  detail: 'client_left',
  occurredAtMs: nowMs + 60_000,
};
const { verified: _, membershipSource: __, ...unverified } = sessionBegan;
export const refused: AuditRecord = {
  ...unverified,
  event: 'cross_tenant_attempt',
  detail: 'membership_missing',
  verifiedUser: { issuer: 'demo', userId: 'u-1' },
  claimed: { claimedRestaurantId: 'r-99' },
};

/** The record of a put. */
export const inserted = (item: Item, sequenceNumber = '1'): DynamoDBRecord => ({
  eventID: `id-${sequenceNumber}`,
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-central-1',
  dynamodb: {
    SequenceNumber: sequenceNumber,
    Keys: imageOf({ pk: item['pk'], sk: item['sk'] }),
    NewImage: imageOf(item),
    StreamViewType: 'NEW_IMAGE',
  },
});

/** No epoch: as v0.1.0 stored it. */
export const eventRecord = (
  restaurantId: string,
  event: RestaurantEvent,
  { epoch, sequenceNumber }: Readonly<{ epoch?: string; sequenceNumber?: string }> = {},
): DynamoDBRecord =>
  inserted(
    {
      pk: partitionOf(restaurantId),
      sk: eventKey(event.seq),
      ...eventItem({ event, messageId: `m-${event.seq}`, ...(epoch === undefined ? {} : { epoch }) }),
      expires_at: Math.ceil(event.occurredAtMs / 1000) + 86_400,
    },
    sequenceNumber,
  );

export const auditRecordOf = (record: AuditRecord, sequenceNumber?: string): DynamoDBRecord =>
  inserted(auditItem(record, 400), sequenceNumber);

const imageOf = (item: Item): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (value === undefined ? [] : [[name, attributeOf(value)]])),
  );

const attributeOf = (value: unknown): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attributeOf) };
  if (typeof value === 'object' && value !== null) return { M: imageOf({ ...value }) };
  throw new Error(`no attribute for ${typeof value}`);
};
