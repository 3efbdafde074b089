/** The outbox's target on SQS: a FIFO queue, a group a restaurant. */
import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, type SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { asciiJson } from '../../protocol/json/ascii.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { answerOfQueue, isRefusedCall, taken } from '../outbox/answers.ts';
import type { Envelope } from '../outbox/envelope.ts';
import type { OutboxTarget } from '../ports.ts';

/** SQS takes 1 MiB a call since 2025; what is larger than the 256 KB of before goes alone. */
const maxCallBytes = 256 * 1024;
const maxMessageBytes = 1024 * 1024;
const maxDeduplicationIdChars = 128;
/** The group of what is no restaurant's. No restaurant has such an id. */
export const noRestaurant = '_';

/** In ASCII, since SQS does not take every character; the value is the same. */
const bodyOf = ({ source, detailType, detail }: Envelope): string =>
  asciiJson(
    scannedBefore(
      `{"source":${JSON.stringify(source)},"detail-type":${JSON.stringify(detailType)},"detail":${detail}}`,
    ),
  );

export const outboxQueue = (client: SQSClient, queueUrl: string): OutboxTarget => ({
  limits: { maxEntries: 10, maxBytes: maxCallBytes, isOrdered: true },
  bytesOf: (envelope) => bodyOf(envelope).length,
  misfitOf: (envelope) => (bodyOf(envelope).length > maxMessageBytes ? 'too_large' : undefined),
  put: async (envelopes) => {
    try {
      const { Successful = [], Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: envelopes.map((envelope, nth) => ({
            Id: String(nth),
            MessageBody: bodyOf(envelope),
            MessageGroupId: envelope.restaurantId ?? noRestaurant,
            MessageDeduplicationId: deduplicationId(envelope),
          })),
        }),
      );
      const sent = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
      return envelopes.map((_, nth) => {
        const { Code = 'NoAnswer', SenderFault = false } = failed.get(String(nth)) ?? {};
        return sent.has(String(nth)) ? taken : answerOfQueue(Code, SenderFault);
      });
    } catch (error) {
      if (error instanceof SQSServiceException && isRefusedCall(error.name)) return { refusedTogether: error.name };
      throw error;
    }
  },
});

/** Keeps a second try out for five minutes. */
const deduplicationId = ({ key }: Envelope): string =>
  key.length <= maxDeduplicationIdChars && /^[\x21-\x7e]+$/.test(key)
    ? key
    : createHash('sha256').update(key).digest('base64url');
