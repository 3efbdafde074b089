/** A message of the event queue as it is named where it is put aside, be it an event or not. Pure. */
import * as v from 'valibot';
import { maxUserIdChars } from '../../protocol/identifiers.ts';
import type { EventQueueRecord } from '../events/publication.ts';
import { type IsOwnSender, verifiedOnly } from '../events/verified-publisher.ts';
import type { QueuedMessage } from '../ports.ts';
import { cappedText } from '../security/capped-text.ts';

/** What a name of theirs may take: a user id, whole. */
const maxNameBytes = maxUserIdChars;
const nobody = 'unknown';

const Published = v.object({ from: v.object({ user_id: v.string() }) });

export const queuedMessageOf = (
  { messageId, body, attributes }: EventQueueRecord,
  isOwnSender: IsOwnSender,
): QueuedMessage => ({
  messageId,
  body,
  restaurant: nameOf(attributes.MessageGroupId),
  publisher: nameOf(verifiedOnly(userOf(body), attributes, isOwnSender) ?? attributes.SenderId),
});

const nameOf = (text: string | undefined): string => cappedText(text ?? '', maxNameBytes) || nobody;

const userOf = (body: string): string | undefined => {
  try {
    const read = v.safeParse(Published, JSON.parse(body));
    return read.success ? read.output.from.user_id : undefined;
  } catch {
    return undefined;
  }
};
