/**
 * The SDK writes its types of events out, for readers and because it ships without packages; here the compiler holds them
 * to the table that the gateway reads by. A difference is an error of `npm run types` that names the event.
 */
import { expect, test } from '@jest/globals';
import type * as v from 'valibot';
import type { DataOf, RestaurantEventData } from '../../client/src/events.ts';
import { PublishError } from '../../client/src/errors.ts';
import { publicationOf } from '../../client/src/publication.ts';
import { type DeviceEventType, type deviceEvents, deviceEventEntries } from '../../protocol/device-events.ts';
import { publishedData } from '../../protocol/publication.ts';
import { membersOf } from '../protocol/json/json-text.ts';

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

const blamedBySdk = (type: string, data: object): string | undefined => {
  try {
    publicationOf(type, data, { id: 'a', since: 0, timeoutMs: 0 });
    return undefined;
  } catch (error) {
    return error instanceof PublishError ? error.field : 'thrown';
  }
};

test('what the SDK misses in an event is what the gateway misses', () => {
  let missing = 0;
  for (const [type, event] of deviceEventEntries) {
    const whole = Object.entries(event.example);
    for (const absent of [undefined, ...whole.map(([name]) => name)]) {
      const data = Object.fromEntries(whole.filter(([name]) => name !== absent));
      const published = publishedData(membersOf({ type, data }), event);
      const field = 'field' in published ? published.field : undefined;
      expect([type, absent, blamedBySdk(type, data)]).toEqual([type, absent, field]);
      missing += field === undefined ? 0 : 1;
    }
  }
  expect(missing).toBeGreaterThanOrEqual(6);
});
