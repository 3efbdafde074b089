/**
 * The SDK writes its types of events out, for readers and because it ships without packages; here the compiler holds them
 * to the table that the gateway reads by. A difference is an error of `npm run types` that names the event.
 */
import { expect, test } from '@jest/globals';
import type * as v from 'valibot';
import type { DataOf, RestaurantEventData } from '../../client/src/events.ts';
import type { DeviceEventType, deviceEvents } from '../../protocol/device-events.ts';

type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** An application sees further fields: of a later gateway, or of a backend that publishes the same type. */
type Declared<E extends DeviceEventType> = v.InferOutput<(typeof deviceEvents)[E]['data']> & {
  readonly [field: string]: unknown;
};
type Differing = {
  [E in DeviceEventType]: Same<DataOf<E>, Declared<E>> extends true ? never : E;
}[DeviceEventType];
type Unknown = Exclude<keyof RestaurantEventData, DeviceEventType>;

const isTheTable: [Differing | Unknown] extends [never] ? true : Differing | Unknown = true;

test('the types of the SDK are those of the table', () => {
  expect(isTheTable).toBe(true);
});
