/** A record as it is set aside: all of it that this or a later version needs to hand it over. Pure. */
import { asciiJson } from '../../protocol/json/ascii.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { StreamRecord } from './stream-record.ts';

export type Letter = Readonly<{
  messageId: string;
  body: string;
  restaurantId: string | undefined;
  publisher: string | undefined;
}>;

export const letterOf = (record: StreamRecord, restaurantId: string | undefined): Letter => {
  const { eventID, eventName, dynamodb = {} } = record;
  const { Keys, NewImage, SequenceNumber } = dynamodb;
  return {
    messageId: eventID ?? SequenceNumber ?? 'unknown',
    body: asciiJson(
      scannedBefore(JSON.stringify({ eventID, eventName, dynamodb: { Keys, NewImage, SequenceNumber } })),
    ),
    restaurantId,
    publisher: NewImage?.['user_id']?.S,
  };
};
