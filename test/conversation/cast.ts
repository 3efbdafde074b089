/**
 * Who plays which part in the conversations: they are the same in every domain, and `DOMAIN` says in which one they are held. Default:
 * the restaurant's, as the stage `test` has it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import type { DemoUser } from '../../local/demo.ts';
import type { ConnectionType, Role } from '../../protocol/identifiers.ts';

type Domain = Pick<FunctionConfig, 'connectionTypes' | 'defaultConnectionType' | 'roles' | 'events' | 'demoUsers'>;
/** A user of the demo and what they connect as. */
type Part = readonly [user: DemoUser, connectionType: ConnectionType];
type Message = Readonly<{ type: string; id: string; data: Readonly<Record<string, unknown>> }>;

export type Cast = Readonly<{
  domain: Domain;
  /** Publishes what is `told`, and hears it, too. */
  sender: Part;
  /** The visitor of most conversations: hears what is told, and says when something has `changed`. */
  receiver: Part;
  /** Hears what is told; neither the receiver nor the sender may be it. */
  office: Part;
  /** Hears what has changed and not what is told, no backend that names no audience, and nobody's name. */
  display: Part;
  /** May ask who is there; the receiver may not. */
  asker: Part;
  /** What the role of every restaurant is here. */
  everywhere: ConnectionType;
  roles: Readonly<{
    everywhere: Role;
    /** May be everything, and so may the next. */
    owner: Role;
    manager: Role;
    /** The receiver's. */
    member: Role;
    /** May not be the receiver. */
    display: Role;
  }>;
  /** An event whose data has a text under one key, and whatever else is said. */
  told: (id: string, more?: object) => Message;
  /** That key. */
  key: string;
  /** Another type of the same data, which the sender publishes and the receiver does not hear. */
  toldApart: string;
  /** The receiver publishes it, and everybody hears it. */
  changed: (id: string) => Message;
  /** The sender may not publish it. */
  forbidden: (id: string) => Message;
  /** The sender might, were its data right. */
  wrong: (id: string) => Message;
}>;

const domainIn = (text: string): Domain => {
  const { connectionTypes, defaultConnectionType, roles, events, demoUsers } = parseConfig(StageConfig, 'a cast', text);
  return { connectionTypes, defaultConnectionType, roles, events, demoUsers };
};

const order = (order_id: string, more: object = {}) => ({ order_id, ...more });

export const restaurant = (): Cast => ({
  domain: domainIn('{}'),
  sender: ['cashier', 'pos'],
  receiver: ['chef', 'kitchen'],
  office: ['manager', 'management'],
  display: ['manager', 'customer'],
  asker: ['manager', 'management'],
  everywhere: 'platform',
  roles: {
    everywhere: 'platform_owner',
    owner: 'restaurant_owner',
    manager: 'manager',
    member: 'employee',
    display: 'customer_display',
  },
  told: (id, more) => ({ type: 'order.created', id, data: order(id, more) }),
  key: 'order_id',
  toldApart: 'payment.completed',
  changed: (id) => ({ type: 'order.status_changed', id, data: order('o-1', { status: 'ready' }) }),
  forbidden: (id) => ({ type: 'order.preparation_time', id, data: order('o-1', { estimated_time: 5 }) }),
  wrong: (id) => ({ type: 'order.status_changed', id, data: order('o-1', { status: 'burnt' }) }),
});

const vehicle_id = 'HH-KV204';

export const fleet = (): Cast => ({
  domain: domainIn(readFileSync(join(import.meta.dirname, '../../examples/fleet/config.json'), 'utf8')),
  sender: ['desk', 'dispatcher'],
  receiver: ['driver', 'vehicle'],
  office: ['manager', 'wallboard'],
  display: ['manager', 'workshop'],
  asker: ['manager', 'dispatcher'],
  everywhere: 'dispatcher',
  roles: {
    everywhere: 'operator',
    owner: 'depot_owner',
    manager: 'depot_manager',
    member: 'driver',
    display: 'screen',
  },
  told: (id, more = {}) => ({ type: 'message.sent', id, data: { text: id, ...more } }),
  key: 'text',
  toldApart: 'log.written',
  changed: (id) => ({ type: 'vehicle.status_changed', id, data: { status: 'driving', vehicle_id } }),
  forbidden: (id) => ({ type: 'trip.completed', id, data: { trip_id: 'T-1' } }),
  wrong: (id) => ({ type: 'vehicle.status_changed', id, data: { status: 'flying', vehicle_id } }),
});

const casts = { restaurant, fleet };
type Name = keyof typeof casts;
const isName = (text: string): text is Name => Object.hasOwn(casts, text);

const named = process.env['DOMAIN'] ?? 'restaurant';
if (!isName(named)) throw new Error(`DOMAIN is one of ${Object.keys(casts).join(', ')}, got ${named}`);

export const domainName = named;
export const cast = casts[named]();

/** A user's role where they are made a member. */
export const roleOf = (user: DemoUser): Role => cast.domain.demoUsers[user] ?? cast.roles.member;

export const idOf = ([user]: Part): string => `u-${user}`;
