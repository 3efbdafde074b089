/**
 * The domain of a stage: its connection types, roles and events, each entry with every default filled in. These are the shapes, for
 * whoever reads a stage's file; how the entries go together, and what a preset adds, is in `stage-domain.ts` and `domain-rules.ts`.
 */
import * as v from 'valibot';
import { connectionTypePattern, rolePattern } from '../protocol/identifiers.ts';
import { eventTypePattern } from '../protocol/restaurant-events.ts';
import { section, text } from './sections.ts';

/** A head of a restaurant's events holds a number for each, and every message of a session reads it. */
export const maxConnectionTypes = 10;
const maxConnectionTypeChars = 16;
const maxRoles = 32;
export const maxEvents = 500;

const flag = v.optional(v.boolean('must be true or false'), false);
const titled = 'must be a text of 1 to 100 characters';
const title = v.pipe(v.string(titled), v.minLength(1, titled), v.maxLength(100, titled));
const names = (what: string) => v.array(v.string(`must be the name of a ${what}`), `must be a list of ${what}s`);
const types = names('connection type');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any object; what it is is judged elsewhere. */
const object = (message: string) => v.custom<Readonly<Record<string, unknown>>>(isObject, message);

export const ConnectionTypeEntry = section({
  title: v.optional(title),
  /** Hears an event whose publisher names no audience. */
  hearsBackends: flag,
  /** Learns who of the members published an event. */
  seesPublishers: flag,
  /** May ask who is there. */
  asksWho: flag,
});

export const RoleEntry = section({
  title: v.optional(title),
  /** What its members may connect as. */
  connectionTypes: types,
  /** Its members are members of every restaurant: the membership table's alone to say, and no token's. */
  everyRestaurant: flag,
});

const spelling = 'must be a text of 1 to 64 letters, digits, "_", "." and "-", a letter first';
const field = 'must be the name of a field: 1 to 64 letters, digits and "_", a letter first';
const fieldName = text(/^(?!(?:constructor|prototype)$)[A-Za-z]\w{0,63}$/, field);

const Legacy = section({
  type: text(/^[A-Za-z][\w.-]{0,63}$/, spelling),
  /** The field that holds the event's own, in place of `data`. */
  object: v.optional(fieldName),
  /** A field of the event that may stand at top level while the others stand in an object. */
  beside: v.optional(fieldName),
});

export const EventEntry = section({
  title,
  /** The connection types that may publish it. */
  from: types,
  /** Those that hear it. */
  audience: types,
  data: object('must be a JSON Schema'),
  unknownFields: v.optional(v.literal('drop', 'must be "drop"')),
  /** How apps from before this protocol say it. */
  legacy: v.optional(Legacy),
  example: object('must be data of such an event'),
});

/** Entries by their names, of which none is one that every object has. */
export const named = <Entry extends v.GenericSchema>(pattern: RegExp, message: string, max: number, entry: Entry) =>
  v.pipe(
    object('must be an object with an entry for each name'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const entries = Object.entries(dataset.value);
      if (entries.length > max)
        addIssue({ message: `must have ${max} entries at most`, input: entries.map(([name]) => name) });
      for (const [key, value] of entries)
        if (!pattern.test(key))
          addIssue({
            message,
            input: key,
            path: [{ type: 'object', origin: 'key', input: dataset.value, key, value }],
          });
    }),
    v.record(v.string(), entry),
  );

const typeName = `must be called by 1 to ${maxConnectionTypeChars} of a-z, 0-9 and "_", a letter first, and not "constructor" or "prototype"`;
const typePattern = new RegExp(`^(?=.{1,${maxConnectionTypeChars}}$)${connectionTypePattern.source.slice(1)}`);
const roleName =
  'must be called by 1 to 32 of a-z, 0-9 and "_", a letter first, and not "none", "unreadable", "constructor" or "prototype"';
/** Two words stand in the membership table for those who have no role. */
const roleNamePattern = new RegExp(`^(?!(?:none|unreadable)$)${rolePattern.source.slice(1)}`);
const eventName = 'must be called by two to four lower-case words with dots between them';

export const ConnectionTypes = <Entry extends v.GenericSchema>(entry: Entry) =>
  named(typePattern, typeName, maxConnectionTypes, entry);
export const Roles = <Entry extends v.GenericSchema>(entry: Entry) => named(roleNamePattern, roleName, maxRoles, entry);
export const Events = <Entry extends v.GenericSchema>(entry: Entry) =>
  named(eventTypePattern, eventName, maxEvents, entry);

export const DefaultConnectionType = v.string('must be the name of a connection type');

const userName =
  'must be called by 1 to 16 of a-z, 0-9 and "_", a letter first, and not "stranger", "rival", "constructor" or "prototype"';

/** Whom the gateway on a developer's machine knows, each with a role. Two it has for itself. */
export const DemoUsers = named(
  /^(?!(?:constructor|prototype|stranger|rival)$)[a-z][a-z0-9_]{0,15}$/,
  userName,
  32,
  v.string('must be the name of a role'),
);

/** The domain as the functions' file has it, and whom the local gateway reads of it. */
export const domainKeys = {
  connectionTypes: ConnectionTypes(ConnectionTypeEntry),
  defaultConnectionType: DefaultConnectionType,
  roles: Roles(RoleEntry),
  events: Events(EventEntry),
  demoUsers: DemoUsers,
};
