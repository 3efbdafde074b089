/** What a stage's devices may be and say, as the compiler knows it. Types alone: at run time the gateway judges. */
import type { Domain as RestaurantDomain } from '../../presets/restaurant/types.ts';

/**
 * The domain of an application's stage, where it has one of its own: the file that `npm run -s types -- --stage S` prints in the
 * gateway's folder adds its `domain`. Without it the types are those of a restaurant.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to.
export interface Register {}

type AnyDomain = Readonly<{ connectionType: string; role: string; events: object }>;
type StageDomain = Register extends { readonly domain: infer Own extends AnyDomain } ? Own : RestaurantDomain;

/** What a device may be: by what the stage that is registered says, or a restaurant. */
export type ConnectionType = StageDomain['connectionType'];

/** What a member may be, the widest first. What the gateway says somebody is is a text: it may know more of them. */
export type Role = StageDomain['role'];

type DeviceEvents = StageDomain['events'];

/** The `data` of each event type that a device may publish. */
export interface DeviceEventData extends DeviceEvents {}

/**
 * The `data` of each event type that is known by name. An application adds what its backends publish:
 * `declare module '@maitred/client' { interface RestaurantEventData { 'menu.updated': { version: number } } }`.
 */
export interface RestaurantEventData extends DeviceEventData {}

/** What an event of this type carries. The gateway checks what devices publish; a backend's events are its own affair. */
export type DataOf<Type extends string> = Type extends keyof RestaurantEventData ? RestaurantEventData[Type] : unknown;
