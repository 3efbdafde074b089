/** PURE. What a device's wire tells of events: what it sent, what the gateway made of that, and what it heard. */
import type { TraceEntry } from '../client/src/index.ts';
import { fieldsOf, isRecord, word } from './frame.ts';

type Seen =
  | Readonly<{ kind: 'sent'; id: string; type: string }>
  | Readonly<{ kind: 'accepted'; id: string; eventId: string }>
  | Readonly<{ kind: 'refused'; id: string; reason: string; field: string }>
  | Readonly<{ kind: 'heard'; eventId: string; type: string; publisher: string; isCaughtUp: boolean }>;

/** `at`: epoch milliseconds by the clock of the page, which all its devices share. */
export type Observation = Readonly<{ device: string; at: number }> & Seen;

export const observationsOf = (device: string, entry: TraceEntry): readonly Observation[] => {
  if (entry.kind !== 'sent' && entry.kind !== 'received') return [];
  const fields = fieldsOf(entry.text);
  const seen = entry.kind === 'sent' ? publicationIn(fields) : answerIn(fields);
  return seen.map((one) => ({ device, at: entry.at, ...one }));
};

type Fields = Readonly<Record<string, unknown>>;

/** Only an event's type has a dot. */
const isEventType = (type: string): boolean => type.includes('.');

const publicationIn = (fields: Fields): readonly Seen[] => {
  const [type, id] = [word(fields, 'type'), word(fields, 'id')];
  return isEventType(type) && id !== '' ? [{ kind: 'sent', id, type }] : [];
};

const answerIn = (fields: Fields): readonly Seen[] => {
  const id = word(fields, 'id');
  switch (word(fields, 'type')) {
    case 'accepted':
      return [{ kind: 'accepted', id, eventId: word(fields, 'event_id') }];
    case 'error':
      return id === '' ? [] : [{ kind: 'refused', id, reason: word(fields, 'reason'), field: word(fields, 'field') }];
    case 'events':
      return eventsIn(fields, false);
    case 'replayed':
      return eventsIn(fields, true);
    default:
      return eventIn(fields, false);
  }
};

const eventsIn = ({ events }: Fields, isCaughtUp: boolean): readonly Seen[] =>
  Array.isArray(events) ? events.flatMap((one: unknown) => (isRecord(one) ? eventIn(one, isCaughtUp) : [])) : [];

const eventIn = (fields: Fields, isCaughtUp: boolean): readonly Seen[] => {
  const [type, eventId] = [word(fields, 'type'), word(fields, 'id')];
  if (!isEventType(type) || eventId === '') return [];
  return [{ kind: 'heard', eventId, type, publisher: publisherIn(fields), isCaughtUp }];
};

/** Not every device is told the user. */
const publisherIn = (fields: Fields): string => {
  const [user, type] = [word(fields, 'user_id'), word(fields, 'connection_type')];
  if (type === '') return 'a backend';
  return user === '' ? type : `${user} (${type})`;
};
