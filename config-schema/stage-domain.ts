/** The domain in a stage's own configuration: all of it, or what differs from a preset. */
import * as v from 'valibot';
import restaurant from '../presets/restaurant/domain.json' with { type: 'json' };
import type { ConfiguredDomain } from '../protocol/domain.ts';
import {
  ConnectionTypeEntry,
  ConnectionTypes,
  DefaultConnectionType,
  DemoUsers,
  domainKeys,
  EventEntry,
  Events,
  RoleEntry,
  Roles,
} from './domain.ts';
import { domainProblem, type Problem } from './domain-rules.ts';
import type { MembershipClaim } from './membership-claim.ts';

const presets = { restaurant } as const;
const presetNames = Object.keys(presets) as readonly (keyof typeof presets)[];

/** With a preset `null` takes an entry of it out. */
export const stageDomainKeys = {
  /** The preset that the other four add to. Said or implied where none of them is there. */
  extends: v.optional(v.picklist(presetNames, `must be ${presetNames.map((name) => `"${name}"`).join(' or ')}`)),
  /** What devices may be to their restaurant. */
  connectionTypes: v.optional(ConnectionTypes(v.nullable(ConnectionTypeEntry))),
  /** What a device is that does not say. */
  defaultConnectionType: v.optional(DefaultConnectionType),
  /** What members may be, the widest first. */
  roles: v.optional(Roles(v.nullable(RoleEntry))),
  /** What devices publish. */
  events: v.optional(Events(v.nullable(EventEntry))),
  /** Whom the gateway on a developer's machine knows at its restaurant, each with a role. Default: one of each role, by its name. */
  demoUsers: v.optional(DemoUsers),
};

type StageDomain = v.InferOutput<v.ObjectSchema<typeof stageDomainKeys, undefined>>;
type Users = Record<string, string>;
type Claims = Readonly<{ issuers: readonly Readonly<{ membershipClaim?: MembershipClaim | undefined }>[] }>;
/** The whole domain of a stage, and its demo users; or the first key for which it is none. */
export const resolvedDomain = (
  stage: StageDomain & Claims,
): Readonly<{ domain: ConfiguredDomain; demoUsers: Users }> | Problem => {
  const joined = stage.extends === undefined && isOwn(stage) ? ownDomain(stage) : extended(stage);
  if ('message' in joined) return joined;
  const { domain, demoUsers } = joined;
  return domainProblem(domain, demoUsers, stage.issuers) ?? joined;
};

const ownKeys = ['connectionTypes', 'defaultConnectionType', 'roles', 'events'] as const;
const isOwn = (stage: StageDomain): boolean => ownKeys.some((key) => stage[key] !== undefined);

const nothingToTakeOut = 'must be an entry: there is none of a preset to take out';

/** Without a preset all four are there. */
const ownDomain = (stage: StageDomain): ReturnType<typeof resolvedDomain> => {
  const { connectionTypes, defaultConnectionType, roles, events } = stage;
  for (const key of ownKeys)
    if (stage[key] === undefined)
      return { key: [key], message: `must be there beside the other three, or "extends"`, input: undefined };
  for (const key of ['connectionTypes', 'roles', 'events'] as const)
    for (const [name, entry] of Object.entries(stage[key] ?? {}))
      if (entry === null) return { key: [key, name], message: nothingToTakeOut, input: entry };
  const domain = {
    connectionTypes: entriesOf({}, connectionTypes),
    defaultConnectionType: defaultConnectionType ?? '',
    roles: entriesOf({}, roles),
    events: entriesOf({}, events),
  };
  return { domain, demoUsers: stage.demoUsers ?? oneOfEach(domain) };
};

const Preset = v.object(domainKeys);

/** An entry of the stage is instead of the preset's of that name, as a whole. */
const extended = (stage: StageDomain): ReturnType<typeof resolvedDomain> => {
  const preset = v.parse(Preset, presets[stage.extends ?? 'restaurant']);
  for (const key of ['connectionTypes', 'roles', 'events'] as const)
    for (const [name, entry] of Object.entries(stage[key] ?? {}))
      if (entry === null && !Object.hasOwn(preset[key], name))
        return {
          key: [key, name],
          message: 'must be an entry: the preset has none of this name to take out',
          input: entry,
        };
  const domain = {
    connectionTypes: entriesOf(preset.connectionTypes, stage.connectionTypes),
    defaultConnectionType: stage.defaultConnectionType ?? preset.defaultConnectionType,
    roles: entriesOf(preset.roles, stage.roles),
    events: entriesOf(preset.events, stage.events),
  };
  const isSame = Object.values(preset.demoUsers).every((role) => Object.hasOwn(domain.roles, role));
  return { domain, demoUsers: stage.demoUsers ?? (isSame ? preset.demoUsers : oneOfEach(domain)) };
};

/** In the preset's order, those of the stage's own at the end. */
const entriesOf = <Entry extends object>(
  preset: Readonly<Record<string, Entry>>,
  own: Readonly<Record<string, Entry | null>> | undefined = {},
): Readonly<Record<string, Entry>> =>
  Object.fromEntries(
    Object.entries({ ...preset, ...own }).flatMap(([name, entry]) => (entry === null ? [] : [[name, entry] as const])),
  );

/** Those of every restaurant are nobody's at the demo's. */
const oneOfEach = ({ roles }: ConfiguredDomain): Users =>
  Object.fromEntries(
    Object.entries(roles)
      .filter(([, { everyRestaurant }]) => !everyRestaurant)
      .map(([name]) => [name, name]),
  );
