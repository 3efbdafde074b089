/**
 * The domain of a stage: what its devices may be, what its members may be, which events devices publish. It is configuration
 * (`config-schema/domain.ts`); the code knows no name of it, and asks the `Domain` that is made of it. Pure.
 */
import { type ConfiguredEvent, type DomainEvent, domainEventOf } from './domain-event.ts';
import type { ConnectionType, Role } from './identifiers.ts';

/** A domain as a stage's configuration has it, every default filled in. */
export type ConfiguredDomain = Readonly<{
  connectionTypes: Readonly<Record<string, ConfiguredConnectionType>>;
  /** Of a device that does not say. */
  defaultConnectionType: string;
  /** The widest first: of two that somebody has, the later one counts. */
  roles: Readonly<Record<string, ConfiguredRole>>;
  events: Readonly<Record<string, ConfiguredEvent>>;
}>;

/** Allow-lists all: a new connection type hears and learns nothing until it is said. */
export type ConfiguredConnectionType = Readonly<{
  title?: string | undefined;
  /** Hears an event whose publisher names no audience. */
  hearsBackends: boolean;
  /** Learns who of the members published an event. */
  seesPublishers: boolean;
  /** May ask who is there. */
  asksWho: boolean;
}>;

export type ConfiguredRole = Readonly<{
  title?: string | undefined;
  connectionTypes: readonly string[];
  /** Its members are members of every restaurant, and of none in particular. */
  everyRestaurant: boolean;
}>;

export type Domain = Readonly<{
  connectionTypes: readonly ConnectionType[];
  defaultConnectionType: ConnectionType;
  /** Who hears an event whose publisher does not say. May be nobody. */
  defaultAudience: readonly ConnectionType[];
  isConnectionType: (text: string) => boolean;
  seesPublishers: (type: ConnectionType) => boolean;
  asksWho: (type: ConnectionType) => boolean;
  /** The widest first. */
  roles: readonly Role[];
  isRole: (text: string) => boolean;
  isOfEveryRestaurant: (role: Role) => boolean;
  /** `narrowedTo` is what a membership allows of it; absent means all the role has. */
  mayConnectAs: (role: Role, type: ConnectionType, narrowedTo?: readonly string[]) => boolean;
  /** Of two roles the one further down the list. */
  narrowerRole: (one: Role, other: Role) => Role;
  events: readonly DomainEvent[];
  /** The event a message's type asks to publish, by its name or its legacy spelling. */
  eventOf: (spelling: string) => DomainEvent | undefined;
  mayPublish: (from: ConnectionType, eventType: string) => boolean;
  /** Who hears what devices publish as that; nobody, where there is no such event. */
  audienceOf: (eventType: string) => readonly ConnectionType[];
}>;

/** What the code asks of a domain. */
export const domainOf = (configured: ConfiguredDomain): Domain => {
  const types = new Map(Object.entries(configured.connectionTypes));
  const roles = new Map(Object.entries(configured.roles));
  const order = [...roles.keys()];
  const events = Object.entries(configured.events).map(([type, event]) => domainEventOf(type, event));
  const byType = new Map(events.map((event) => [event.type, event]));
  const bySpelling = new Map([
    ...byType,
    ...events.flatMap((event) => (event.legacy === undefined ? [] : [[event.legacy.type, event] as const])),
  ]);
  return {
    connectionTypes: [...types.keys()],
    defaultConnectionType: configured.defaultConnectionType,
    defaultAudience: [...types].filter(([, type]) => type.hearsBackends).map(([name]) => name),
    isConnectionType: (text) => types.has(text),
    seesPublishers: (type) => types.get(type)?.seesPublishers === true,
    asksWho: (type) => types.get(type)?.asksWho === true,
    roles: order,
    isRole: (text) => roles.has(text),
    isOfEveryRestaurant: (role) => roles.get(role)?.everyRestaurant === true,
    mayConnectAs: (role, type, narrowedTo) =>
      types.has(type) &&
      roles.get(role)?.connectionTypes.includes(type) === true &&
      (narrowedTo === undefined || narrowedTo.includes(type)),
    narrowerRole: (one, other) => (order.indexOf(one) > order.indexOf(other) ? one : other),
    events,
    eventOf: (spelling) => bySpelling.get(spelling),
    mayPublish: (from, eventType) => byType.get(eventType)?.from.includes(from) === true,
    audienceOf: (eventType) => byType.get(eventType)?.audience ?? [],
  };
};
