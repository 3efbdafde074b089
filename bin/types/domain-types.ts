/** The TypeScript declarations of a domain: what its devices and members may be, and the data of its events. Pure. */
import type { ConfiguredDomain } from '../../protocol/domain.ts';
import type { ConfiguredEvent } from '../../protocol/domain-event.ts';
import type { JsonObject } from '../../protocol/json-schema/values.ts';
import { declarationsOf } from './schema-types.ts';
import { commentOf, indented, typeName, uniqueNames } from './type-text.ts';

/** No event's data is called so: what is declared beside it, and what the declarations name of TypeScript. */
const reserved = ['ConnectionType', 'Role', 'DeviceEvents', 'Domain', 'ReadonlyArray'];

/** A module that exports the types of a domain, `Domain` with all of them among them. */
export const domainTypes = ({ connectionTypes, roles, events }: ConfiguredDomain): string => {
  const names = uniqueNames([...reserved, ...Object.keys(events)], typeName);
  const all = Object.entries(events).map(([type, event]) => ({ type, event, name: names.get(type) ?? type }));
  return [
    ...['/** What a device may be. */', `export type ConnectionType = ${unionOf(Object.keys(connectionTypes))};`, ''],
    ...['/** What a member may be, the widest first. */', `export type Role = ${unionOf(Object.keys(roles))};`, ''],
    ...all.flatMap(({ event, name }) => [...declarationsOf(name, deliveredOf(event)), '']),
    '/** The data of each event that devices publish. */',
    interfaceOf(
      'DeviceEvents',
      all.map(({ type, event, name }) => `${commentOf({ title: saidOf(event) })}${JSON.stringify(type)}: ${name};`),
    ),
    '',
    interfaceOf('Domain', ['connectionType: ConnectionType;', 'role: Role;', 'events: DeviceEvents;']),
    '',
  ].join('\n');
};

/** The same, for the SDK to know. A file of an application: nothing has to import it. */
export const registeredTypes = (domain: ConfiguredDomain): string =>
  `${domainTypes(domain)}
declare module '@maitred/client' {
  interface Register {
    domain: Domain;
  }
}
`;

const unionOf = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(' | ') || 'never';

const interfaceOf = (name: string, members: readonly string[]): string =>
  members.length === 0
    ? `export interface ${name} {}`
    : `export interface ${name} {\n${indented(members.join('\n'))}\n}`;

/** What is dropped nobody hears: a publisher who writes it has misspelt it. */
const deliveredOf = ({ data, unknownFields }: ConfiguredEvent): JsonObject =>
  unknownFields === 'drop' ? { ...data, additionalProperties: false } : data;

const saidOf = ({ title, from, audience }: ConfiguredEvent): string =>
  `${title}. From ${from.join(', ')}; to ${audience.join(', ')}`;
