/**
 * Three configurations at the ends of what the schema allows, made from it: everything on, the smallest and the longest. Numbers,
 * choices and sections are read from the schema; what a text or a list holds has to be decided here, so a new one is missed.
 */
import { StageConfig } from '../../config-schema/stage-config.ts';
import { entriesOf, itemOf, partsOf, requirementOf, type Schema } from './schema-parts.ts';

export const extremes = ['everything', 'smallest', 'longest'] as const;
export type Extreme = (typeof extremes)[number];

/** By path. Of a text: what it is, by its place in a list. Of a list: how many it has, where the schema has no end of it. */
type Decided = Readonly<{ usual: (index: number) => unknown; longest: (index: number) => unknown }>;

const always = (value: unknown): Decided => ({ usual: () => value, longest: () => value });
const numbered = (index: number): string => String(index).padStart(3, '0');
/** 253 characters, which is what DNS has room for. */
const longestHost = (first: string): string =>
  `${first.padEnd(63, 'x')}.${`${'y'.repeat(63)}.`.repeat(2)}${'z'.repeat(61)}`;

/** Beside the five of the preset. */
const longTypes = Array.from({ length: 5 }, (_, index) => `type_${index}`.padEnd(16, 't'));

const eventOf = (types: readonly string[]) => ({
  title: 't'.repeat(100),
  from: types,
  audience: types,
  data: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  example: { id: 'r-1' },
});

const decided: Readonly<Record<string, Decided>> = {
  allowedOrigins: { usual: () => 2, longest: () => 200 },
  'allowedOrigins[]': {
    usual: (index) => `https://till-${index}.example.com`,
    longest: (index) => `https://${longestHost(`till-${numbered(index)}`)}:65535`,
  },
  // Of the local gateway alone: these are stages on AWS.
  developmentOrigins: always(false),
  trustedAddresses: { usual: () => 2, longest: () => 200 },
  'trustedAddresses[]': {
    usual: (index) => `203.0.${index}.0/24`,
    longest: (index) => `2001:0db8:aaaa:bbbb:cccc:dddd:eeee:0${numbered(index)}/128`,
  },
  issuers: { usual: () => 2, longest: () => 20 },
  'issuers[].alias': { usual: (index) => `i-${index}`, longest: (index) => `issuer-number${numbered(index)}` },
  'issuers[].issuer': {
    usual: (index) => `https://id-${index}.example.com`,
    longest: (index) => `https://${longestHost(`id-${numbered(index)}`).slice(0, 242)}/realm`,
  },
  'issuers[].audience': {
    usual: () => 'tills',
    longest: () => Array.from({ length: 20 }, (_, index) => numbered(index).padEnd(256, 'x')),
  },
  'issuers[].requiredClaims': {
    usual: () => ({ scope: 'present' }),
    longest: () =>
      Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [
          numbered(index).padEnd(256, 'x'),
          Array.from({ length: 20 }, (_each, nth) => numbered(nth)),
        ]),
      ),
  },
  'issuers[].ignoredHeaders': always(1),
  'issuers[].ignoredHeaders[]': always('jku'),
  'issuers[].userIdClaim': { usual: () => 'uid', longest: () => 'https://claims.example.com/uid'.padEnd(256, 'x') },
  'issuers[].algorithms': { usual: () => 1, longest: () => 11 },
  'issuers[].jwksUri': {
    usual: (index) => `https://id-${index}.example.com/keys`,
    longest: (index) => `https://${longestHost(`keys-${numbered(index)}`)}/${'k'.repeat(200)}`,
  },
  'issuers[].membershipClaim.path': { usual: () => 1, longest: () => 8 },
  'issuers[].membershipClaim.path[]': {
    usual: () => 'restaurants',
    longest: (index) => numbered(index).padEnd(256, 'x'),
  },
  'issuers[].membershipClaim.role': { usual: () => 'rider', longest: () => 'role_000'.padEnd(32, 'r') },
  'issuers[].membershipClaim.idField': { usual: () => 'restaurant', longest: () => 'i'.repeat(64) },
  'issuers[].membershipClaim.roleField': { usual: () => 'as', longest: () => 'r'.repeat(64) },
  'issuers[].membershipClaim.restaurants': { usual: () => 2, longest: () => 200 },
  'issuers[].membershipClaim.restaurants[]': {
    usual: (index) => `r-${index}`,
    longest: (index) => numbered(index).padEnd(64, 'x'),
  },
  'issuers[].membershipClaim.restaurantPrefix': { usual: () => 'acme-', longest: () => 'a'.repeat(63) },
  connectionTypes: {
    usual: () => ({ driver: { title: 'Rider', hearsBackends: true } }),
    longest: () => Object.fromEntries(longTypes.map((name) => [name, { title: 't'.repeat(100), asksWho: true }])),
  },
  defaultConnectionType: { usual: () => 'driver', longest: () => longTypes[0] },
  roles: {
    usual: () => ({ rider: { connectionTypes: ['driver'] } }),
    longest: () =>
      Object.fromEntries(
        Array.from({ length: 27 }, (_, index) => [
          `role_${numbered(index)}`.padEnd(32, 'r'),
          { title: 't'.repeat(100), connectionTypes: longTypes },
        ]),
      ),
  },
  events: {
    usual: () => ({ 'ride.begun': eventOf(['driver']), 'payment.completed': null }),
    longest: () =>
      Object.fromEntries(
        Array.from({ length: 496 }, (_, index) => [
          ['e', 'v', 'n', 't'].map((letter) => `${letter}${numbered(index)}`.padEnd(32, letter)).join('.'),
          { ...eventOf(longTypes), legacy: { type: `legacy${numbered(index)}`.padEnd(64, 'x') } },
        ]),
      ),
  },
  demoUsers: { usual: () => ({ ann: 'rider' }), longest: () => ({ ['a'.repeat(16)]: 'role_000'.padEnd(32, 'r') }) },
  'domain.name': { usual: () => 'door.example.com', longest: () => longestHost('door') },
  'domain.certificateArn': always(
    'arn:aws:acm:eu-central-1:111122223333:certificate/7b1e5c1e-2222-4333-8444-555566667777',
  ),
  'domain.hostedZoneId': { usual: () => 'Z0123456789ABC', longest: () => 'Z'.padEnd(32, '0') },
  'domain.hostedZoneName': { usual: () => 'example.com', longest: () => longestHost('door').slice(64) },
  runbookUrl: {
    usual: () => 'https://wiki.example.com/runbook',
    longest: () => 'https://wiki.example.com/'.padEnd(300, 'r'),
  },
  outboxArn: {
    usual: () => 'arn:aws:sqs:eu-central-1:111122223333:orders.fifo',
    longest: () => `arn:aws-us-gov:sqs:us-gov-west-1:111122223333:${'q'.repeat(75)}.fifo`,
  },
  alarmEmails: { usual: () => 2, longest: () => 50 },
  'alarmEmails[]': {
    usual: (index) => `on-call-${index}@example.com`,
    longest: (index) => `${numbered(index).padEnd(64, 'x')}@${longestHost('mail').slice(64)}`,
  },
};

/** An extreme configuration, as a stage's file may hold it. Throws where nobody has decided what a key holds in it. */
export const extremeConfig = (extreme: Extreme, schema: Schema = StageConfig): unknown =>
  sectionOf(extreme, '', entriesOf(schema) ?? {}, 0);

/** Every path for which something is decided. */
export const decidedPaths = Object.keys(decided);

const sectionOf = (extreme: Extreme, at: string, entries: Readonly<Record<string, Schema>>, index: number): object =>
  Object.fromEntries(
    Object.entries(entries)
      // What may be left out and stands for nothing else is.
      .filter(
        ([, { type, default: byDefault }]) => extreme !== 'smallest' || type !== 'optional' || byDefault !== undefined,
      )
      .map(([key, entry]) => [
        key,
        chosenFor(extreme, at === '' ? key : `${at}.${key}`, entry.wrapped ?? entry, index),
      ]),
  );

const chosenFor = (extreme: Extreme, at: string, schema: Schema, index: number): unknown => {
  const entries = entriesOf(schema);
  if (entries !== undefined) return sectionOf(extreme, at, entries, index);
  const bound = requirementOf(schema, extreme === 'smallest' ? 'min_value' : 'max_value');
  if (bound !== undefined) return bound;
  const options = partsOf(schema).find((part) => part.type === 'picklist')?.options;
  if (options !== undefined) return extreme === 'smallest' ? options.at(0) : options.at(-1);
  if (partsOf(schema).some(({ type }) => type === 'boolean'))
    return decided[at] === undefined ? extreme !== 'smallest' : decidedFor(extreme, at, index);
  const item = itemOf(schema);
  if (item === undefined) return decidedFor(extreme, at, index);
  const length =
    extreme === 'smallest' ? Number(requirementOf(schema, 'min_length') ?? 0) : Number(decidedFor(extreme, at, index));
  const choices = partsOf(item).find((part) => part.type === 'picklist')?.options;
  if (choices !== undefined) return choices.slice(0, length);
  return Array.from({ length }, (_, one) => chosenFor(extreme, `${at}[]`, item, one));
};

const decidedFor = (extreme: Extreme, at: string, index: number): unknown => {
  const those = decided[at];
  if (those === undefined)
    throw new Error(`decide in test/config-schema/extreme-configs.ts what ${at} is in the extreme configurations`);
  return extreme === 'longest' ? those.longest(index) : those.usual(index);
};
