/** The outbox's target on EventBridge: a bus. */
import { type EventBridgeClient, EventBridgeServiceException, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { answerOfBus, isRefusedCall } from '../outbox/answers.ts';
import type { Envelope } from '../outbox/envelope.ts';
import type { OutboxTarget } from '../ports.ts';

/** EventBridge takes 1 MB a call since 2026; what is larger than the 256 KB of before goes alone. */
const maxCallBytes = 256 * 1024;
const maxEntryBytes = 1024 * 1024;
const maxDetailTypeChars = 128;
/** What EventBridge counts of an entry's time. */
const timeBytes = 14;

const bytesOf = ({ source, detailType, detail }: Envelope): number =>
  timeBytes + Buffer.byteLength(source) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);

export const eventBus = (client: EventBridgeClient, busArn: string): OutboxTarget => ({
  limits: { maxEntries: 10, maxBytes: maxCallBytes, isOrdered: false },
  bytesOf,
  misfitOf: (envelope) => {
    if (envelope.detailType.length > maxDetailTypeChars) return 'type_too_long';
    return bytesOf(envelope) > maxEntryBytes ? 'too_large' : undefined;
  },
  put: async (envelopes) => {
    try {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: envelopes.map(({ source, detailType, detail, occurredAtMs }) => ({
            EventBusName: busArn,
            Source: source,
            DetailType: detailType,
            Detail: detail,
            Time: new Date(occurredAtMs),
          })),
        }),
      );
      // In the order of the entries. One that is not answered was not taken, as far as anybody knows.
      return envelopes.map((_, nth) => answerOfBus(Entries[nth] === undefined ? 'NoAnswer' : Entries[nth].ErrorCode));
    } catch (error) {
      if (error instanceof EventBridgeServiceException && isRefusedCall(error.name))
        return { refusedTogether: error.name };
      throw error;
    }
  },
});
