import { expect, test } from '@jest/globals';
import { eventFrame, packed, replayed } from '../../protocol/event-messages.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import { connectionTypes, streamOf } from '../restaurant-domain.ts';

const event: RestaurantEvent = {
  id: 'evt_1',
  seq: 1,
  type: 'order.status_changed',
  data: scannedBefore('{}'),
  audience: connectionTypes,
  prevSeqOf: {},
  publisher: { userId: 'u-cashier@example.com', connectionType: 'pos' },
  occurredAtMs: 0,
};
const decided: Readonly<Record<(typeof connectionTypes)[number], boolean>> = {
  pos: true,
  kitchen: true,
  management: true,
  platform: true,
  customer: false,
};

test.each(connectionTypes.map((connectionType) => ({ connectionType, hears: decided[connectionType] })))(
  '$connectionType hears who published an event: $hears',
  ({ connectionType, hears }) => {
    const frame = eventFrame(event, streamOf(connectionType));
    const page = { events: [frame], nextAfter: 1, more: false, gap: false, oldestSeq: 1 };
    for (const text of [frame, ...packed([frame, frame]), replayed(page, 'none', connectionType, 0)]) {
      expect(text.includes('u-cashier')).toBe(hears);
      expect(text).toContain('"connection_type":"pos"');
    }
  },
);
