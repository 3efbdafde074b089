import * as v from 'valibot';
import { connectionTypes } from '../../protocol/identifiers.ts';
import type { TimerMessage } from '../ports.ts';
import type { RecordKind } from '../security/audit-record.ts';
import { catalogue, details, type SecurityEvent } from '../security/catalogue.ts';

const key = { connectionId: v.string(), connectedAtMs: v.number() };

const recordKindPattern =
  /^(handshake|attempt|platform_owner|end|threshold|messages|aggregate|renewal\/.+|message\/.+)$/;

const RecordMessage = v.object({
  kind: v.custom<RecordKind>((value) => typeof value === 'string' && recordKindPattern.test(value)),
  event: v.picklist(Object.keys(catalogue) as SecurityEvent[]),
  detail: v.picklist(details),
  occurredAtMs: v.number(),
  ...key,
  sourceIp: v.string(),
  userAgent: v.exactOptional(v.string()),
  verified: v.exactOptional(
    v.object({
      issuer: v.string(),
      userId: v.string(),
      restaurantId: v.string(),
      connectionType: v.picklist(connectionTypes),
    }),
  ),
  verifiedUser: v.exactOptional(v.object({ issuer: v.string(), userId: v.string() })),
  claimed: v.exactOptional(
    v.object({
      claimedUserId: v.exactOptional(v.string()),
      claimedRestaurantId: v.exactOptional(v.string()),
      claimedConnectionType: v.exactOptional(v.string()),
    }),
  ),
  aggregate: v.exactOptional(v.object({ count: v.number(), startTimeMs: v.number(), endTimeMs: v.number() })),
});

const Message = v.variant('kind', [
  v.object({ v: v.literal(1), kind: v.literal('deadline'), ...key }),
  v.object({ v: v.literal(1), kind: v.literal('record'), record: RecordMessage }),
  v.object({ v: v.literal(1), kind: v.literal('aggregate'), address: v.string(), windowStartMs: v.number() }),
]);

/** Reads a message of the timer queue; throws `ValiError` or `SyntaxError` on a poisoned one, which then ends in the DLQ. */
export const parseTimerMessage = (body: string): TimerMessage => v.parse(Message, JSON.parse(body));
