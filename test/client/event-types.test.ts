/**
 * What the SDK misses in an event before it sends it is what the gateway misses. Its types of events are written out, for readers and
 * because it ships without packages.
 */
import { expect, test } from '@jest/globals';
import { PublishError } from '../../client/src/errors.ts';
import { publicationOf } from '../../client/src/publication.ts';
import { publishedData } from '../../protocol/publication.ts';
import { membersOf } from '../protocol/json/json-text.ts';
import { deviceEventEntries } from '../restaurant-domain.ts';

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
