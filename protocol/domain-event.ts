/** One kind of event that devices publish. Its data is judged elsewhere (`data-judge.ts`). */
import type { ConnectionType } from './identifiers.ts';

export type ConfiguredEvent = Readonly<{
  /** What happened, for people. */
  title: string;
  from: readonly string[];
  audience: readonly string[];
  /** The JSON Schema of its data, in the subset of `protocol/json-schema/`. */
  data: Readonly<Record<string, unknown>>;
  /** Members that the schema does not name are dropped. Left out: they are judged by the schema. */
  unknownFields?: 'drop' | undefined;
  legacy?: LegacySpelling | undefined;
  /** Data of one such event, as documents show it. */
  example: Readonly<Record<string, unknown>>;
}>;

/** How shipped devices say an event. */
export type LegacySpelling = Readonly<{
  type: string;
  /** The field that holds the event's own, in place of `data`. */
  object?: string | undefined;
  /** A field of the event that may stand at top level while the others stand in an object. */
  beside?: string | undefined;
}>;

export type DomainEvent = Readonly<Omit<ConfiguredEvent, 'from' | 'audience'>> &
  Readonly<{
    type: string;
    /** Who may publish it. An allow-list, as the next one is: a connection type that is not named may not. */
    from: readonly ConnectionType[];
    /** Who hears it. */
    audience: readonly ConnectionType[];
    /** Whether a member of its data is delivered. What it does not keep is judged by nobody. */
    keeps: (member: string) => boolean;
  }>;

export const domainEventOf = (type: string, event: ConfiguredEvent): DomainEvent => {
  const named = new Set(event.unknownFields === 'drop' ? namedBy(event.data) : []);
  return {
    ...event,
    type,
    keeps: (member) => event.unknownFields !== 'drop' || named.has(member),
  };
};

const namedBy = ({ properties }: ConfiguredEvent['data']): readonly string[] =>
  typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
