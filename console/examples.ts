/** PURE. Data to publish: the stage's example of an event, about something new or about what was spoken of last. */
import { isRecord } from './frame.ts';
import type { DemoEvent } from './rows.ts';

export type Id = string | number;

/** By the name of the field, the id that an event named last. */
export type NewestIds = ReadonlyMap<string, Id>;

/** The fields of an event that name something. */
export const idsIn = (data: unknown): readonly (readonly [string, Id])[] =>
  isRecord(data)
    ? Object.entries(data).flatMap(([field, value]) =>
        isIdField.test(field) && (typeof value === 'string' || typeof value === 'number') ? [[field, value]] : [],
      )
    : [];

const isIdField = /^id$|_id$|[a-z]Id$/;

/**
 * The first event of the stage that has an id begins something, so its example gets a new one. Later ones are about that: they
 * get the newest there is.
 */
export const exampleOf = (
  event: DemoEvent,
  events: readonly DemoEvent[],
  newest: NewestIds,
  random: () => number,
): DemoEvent['example'] => {
  const ids = idsIn(event.example).map(([field, id]): readonly [string, Id] => {
    const known = beginnerOf(field, events) === event ? undefined : newest.get(field);
    return [field, known ?? freshId(id, random)];
  });
  return { ...event.example, ...Object.fromEntries(ids) };
};

const beginnerOf = (field: string, events: readonly DemoEvent[]) =>
  events.find(({ example }) => Object.hasOwn(example, field));

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A UUID's version and variant. */
const isFixed = (at: number) => at === 14 || at === 19;

/** An id that looks like this one. */
const freshId = (id: Id, random: () => number): Id => {
  const below = (end: number) => Math.floor(random() * end);
  if (typeof id === 'number') return 1 + below(999_999);
  if (uuid.test(id))
    return id.replace(/[0-9a-f]/g, (digit, at: number) => (isFixed(at) ? digit : below(16).toString(16)));
  const digits = String(1000 + below(9000));
  return /\d+$/.test(id) ? id.replace(/\d+$/, digits) : `${id}-${digits}`;
};
