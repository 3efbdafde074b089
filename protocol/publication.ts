/** Reads an event's fields out of a device's message: they stand in `data` or at top level, or in the legacy object. */
import type { JudgeData } from './data-judge.ts';
import type { DomainEvent } from './domain-event.ts';
import { type JsonText, scannedBefore } from './json/json-text.ts';
import { type Member, type Members, objectOf, scanObject } from './json/members.ts';
import { limits } from './limits.ts';

/** Fields of the message itself: at top level they are no part of a free-form event. */
export const envelope: ReadonlySet<string> = new Set([
  'type',
  'id',
  'token',
  'timestamp',
  'client_type',
  'client_version',
  'restaurant_id',
  'user_id',
  'connection_type',
]);

/** An object of the message: `text` is how it was written, where it was written in one piece. */
type Fields = Readonly<{ members: Members; text?: JsonText }>;

/**
 * The data of such an event in a message, as it will be delivered: in the text of its publisher, less what is not the
 * event's. Or the name of the field for which the message is no such event.
 */
export const publishedData = (
  message: Members,
  event: DomainEvent,
  judgeData: JudgeData,
): Readonly<{ data: JsonText }> | Readonly<{ field: string }> => {
  const said = fieldsOf(message, event);
  if ('field' in said) return said;
  const { members, text } = without(said, (name) => !event.keeps(name));
  if (1 + Math.max(0, ...Array.from(members.values(), ({ depth }) => depth)) > limits.maxEventDataDepth)
    return { field: 'data' };
  const data = text ?? objectOf(members.values());
  const field = judgeData(event, JSON.parse(data));
  return field === undefined ? { data } : { field };
};

const fieldsOf = (message: Members, { legacy }: DomainEvent): Fields | Readonly<{ field: string }> => {
  const { object, beside } = legacy ?? {};
  const place = own(message, 'data') === undefined && object !== undefined ? object : 'data';
  const member = own(message, place);
  if (member === undefined) return without({ members: message }, (name) => envelope.has(name));
  const named = fieldsIn(member);
  if (named === undefined) return { field: place };
  const inner = fieldsIn(own(named.members, object));
  const fields = inner !== undefined && own(named.members, beside) === undefined ? inner : named;
  if (beside === undefined || own(fields.members, beside) !== undefined) return fields;
  const said = own(named.members, beside) ?? own(message, beside);
  return said === undefined ? fields : { members: new Map([...fields.members, [beside, said]]) };
};

/** Fields less some; written in one piece still, where there are none of those. */
const without = (fields: Fields, isDropped: (name: string) => boolean): Fields => {
  const kept = new Map([...fields.members].filter(([name]) => !isDropped(name)));
  return kept.size === fields.members.size ? fields : { members: kept };
};

/** A member that is an object. It was scanned with the message. */
const fieldsIn = (member: Member | undefined): Fields | undefined => {
  if (member === undefined) return undefined;
  const read = scanObject(member.text, limits.maxMessageDepth);
  return 'members' in read ? { members: read.members, text: scannedBefore(member.text) } : undefined;
};

/** `null` counts as left out. */
const own = (members: Members, key: string | undefined): Member | undefined => {
  const member = key === undefined ? undefined : members.get(key);
  return member?.text === 'null' ? undefined : member;
};
