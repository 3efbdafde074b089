/** How the entries of a domain go together: what is wrong with one, by the key that says it. Pure. */
import type { ConfiguredDomain } from '../protocol/domain.ts';
import type { ConfiguredEvent } from '../protocol/domain-event.ts';
import { compileSchema } from '../protocol/json-schema/compile.ts';
import { violationOf } from '../protocol/json-schema/violation.ts';
import { limits } from '../protocol/limits.ts';
import { messageTypes } from '../protocol/message-types.ts';
import { envelope } from '../protocol/publication.ts';
import { maxConnectionTypes, maxEvents } from './domain.ts';
import type { MembershipClaim } from './membership-claim.ts';

/** What is wrong with which key; the message is the rest of a sentence that begins with the key. */
export type Problem = Readonly<{ key: readonly (string | number)[]; message: string; input: unknown }>;

type Issuers = readonly Readonly<{ membershipClaim?: MembershipClaim | undefined }>[];

/** The first thing that is wrong with a domain, with its demo users or with what the issuers grant in it. */
export const domainProblem = (
  domain: ConfiguredDomain,
  demoUsers: Readonly<Record<string, string>>,
  issuers: Issuers,
): Problem | undefined => {
  const all = [
    sizes(domain),
    types(domain),
    roles(domain),
    events(domain),
    demo(domain, demoUsers),
    claims(domain, issuers),
  ];
  for (const problems of all) for (const problem of problems) return problem;
  return undefined;
};
type Problems = Generator<Problem>;

const namesOf = (record: Readonly<Record<string, unknown>>): string => Object.keys(record).join(', ');

/** With what a preset has. */
function* sizes({ connectionTypes, events }: ConfiguredDomain): Problems {
  for (const [key, entries, most] of [
    ['connectionTypes', connectionTypes, maxConnectionTypes],
    ['events', events, maxEvents],
  ] as const) {
    const count = Object.keys(entries).length;
    if (count > most)
      yield { key: [key], message: `must have ${most} entries at most, the preset's among them`, input: count };
  }
}

function* types({ connectionTypes, defaultConnectionType, roles }: ConfiguredDomain): Problems {
  if (!Object.hasOwn(connectionTypes, defaultConnectionType))
    yield {
      key: ['defaultConnectionType'],
      message: `must be one of the connection types, ${namesOf(connectionTypes)}`,
      input: defaultConnectionType,
    };
  for (const [name, entry] of Object.entries(connectionTypes))
    if (!Object.values(roles).some((role) => role.connectionTypes.includes(name)))
      yield { key: ['connectionTypes', name], message: 'must be one that some role may connect as', input: entry };
}

function* roles({ connectionTypes, roles }: ConfiguredDomain): Problems {
  for (const [name, role] of Object.entries(roles)) {
    const key = ['roles', name, 'connectionTypes'];
    if (role.connectionTypes.length === 0)
      yield { key, message: 'must have one connection type at least: the role may do nothing', input: [] };
    yield* unknownTypes(connectionTypes, key, role.connectionTypes);
  }
}

function* unknownTypes(
  known: ConfiguredDomain['connectionTypes'],
  key: Problem['key'],
  said: readonly string[],
): Problems {
  for (const [nth, type] of said.entries()) {
    if (!Object.hasOwn(known, type))
      yield { key: [...key, nth], message: `must be one of the connection types, ${namesOf(known)}`, input: type };
    if (said.indexOf(type) < nth)
      yield { key: [...key, nth], message: 'must differ from those before it', input: type };
  }
}

function* events({ connectionTypes, events }: ConfiguredDomain): Problems {
  const spelledBy = new Map(Object.keys(events).map((type) => [type, type]));
  for (const [type, event] of Object.entries(events)) {
    const key = ['events', type];
    if (event.from.length === 0)
      yield { key: [...key, 'from'], message: 'must have one connection type at least: nobody may send it', input: [] };
    yield* unknownTypes(connectionTypes, [...key, 'from'], event.from);
    if (event.audience.length === 0)
      yield {
        key: [...key, 'audience'],
        message: 'must have one connection type at least: nobody hears it',
        input: [],
      };
    yield* unknownTypes(connectionTypes, [...key, 'audience'], event.audience);
    yield* spellings(key, event, spelledBy);
    yield* data(key, event);
  }
}

/** A name of an event has a dot, and no message of the protocol has one. */
function* spellings(key: Problem['key'], { legacy }: ConfiguredEvent, spelledBy: Map<string, string>): Problems {
  if (legacy === undefined) return;
  const { type, object, beside } = legacy;
  const at = [...key, 'legacy'];
  if (messageTypes.has(type))
    yield { key: [...at, 'type'], message: 'must be no message of the protocol', input: type };
  const other = spelledBy.get(type);
  if (other !== undefined)
    yield { key: [...at, 'type'], message: `must be no spelling of another event, as it is of ${other}`, input: type };
  spelledBy.set(type, String(key[1]));
  for (const [name, field] of Object.entries({ object, beside }))
    if (field !== undefined && (envelope.has(field) || field === 'data'))
      yield {
        key: [...at, name],
        message: `must be no field of every message: ${[...envelope, 'data'].join(', ')}`,
        input: field,
      };
  if (object !== undefined && object === beside)
    yield { key: [...at, 'beside'], message: 'must differ from object', input: beside };
}

function* data(key: Problem['key'], event: ConfiguredEvent): Problems {
  const schema = event.data;
  if (schema['type'] !== 'object')
    yield {
      key: [...key, 'data', 'type'],
      message: 'must be "object": the data of an event is one',
      input: schema['type'],
    };
  const compiled = compileSchema(schema);
  if ('problem' in compiled)
    return yield {
      key: [...key, 'data', ...compiled.at],
      message: compiled.problem,
      input: valueAt(schema, compiled.at),
    };
  const { properties } = schema;
  if (event.unknownFields === 'drop' && (typeof properties !== 'object' || properties === null))
    yield {
      key: [...key, 'unknownFields'],
      message: 'must be left out where data names no properties: nothing would be left',
      input: event.unknownFields,
    };
  if (isDeeperThan(limits.maxEventDataDepth, event.example))
    yield {
      key: [...key, 'example'],
      message: `must be nested ${limits.maxEventDataDepth} levels deep at most, as the data of an event`,
      input: event.example,
    };
  const violation = violationOf(compiled, event.example);
  if (violation !== undefined)
    yield {
      key: [...key, 'example', ...violation.at],
      message: `must fit the event's own schema, which has another ${violation.keyword}`,
      input: valueAt(event.example, violation.at),
    };
}

const isDeeperThan = (most: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (most === 0 || Object.values(value).some((one) => isDeeperThan(most - 1, one)));

function* demo({ roles }: ConfiguredDomain, users: Readonly<Record<string, string>>): Problems {
  for (const [user, role] of Object.entries(users))
    if (roles[role]?.everyRestaurant !== false)
      yield { key: ['demoUsers', user], message: `must be one of ${ofOneRestaurant(roles)}`, input: role };
}

/** A token makes nobody a member of every restaurant. */
function* claims({ roles }: ConfiguredDomain, issuers: Issuers): Problems {
  for (const [nth, { membershipClaim }] of issuers.entries()) {
    const role = membershipClaim?.role;
    if (role !== undefined && (!Object.hasOwn(roles, role) || roles[role]?.everyRestaurant === true))
      yield {
        key: ['issuers', nth, 'membershipClaim', 'role'],
        message: `must be one of ${ofOneRestaurant(roles)}`,
        input: role,
      };
  }
}

const ofOneRestaurant = (roles: ConfiguredDomain['roles']): string =>
  Object.keys(roles)
    .filter((name) => roles[name]?.everyRestaurant === false)
    .join(', ');

const valueAt = (value: unknown, at: readonly (string | number)[]): unknown =>
  at.reduce<unknown>(
    (found, step) =>
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([name]) => name === String(step))?.[1]
        : undefined,
    value,
  );
