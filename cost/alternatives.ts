/**
 * The same month on services that are bought whole, by their list prices, looked up on 2026-11-26 in stored copies of the pages that
 * `docs/cost.md` names. `alone`: deliveries and connections; `alike`: with the door, the numbering, the storage and the queue beside it,
 * which cost there what they cost here.
 */
import type { Fleet } from './fleet.ts';
import { countsOf } from './counts.ts';
import { monthOf, totalOf } from './month.ts';
import type { Purpose } from './use.ts';

export type Alternative = Readonly<{ name: string; alone: number; alike?: number }>;

/** What another service would do in place of the gateway's own; all the rest is needed beside it. */
const replaced: readonly Purpose[] = ['deliveries', 'connection minutes', 'heartbeats'];

/** IoT Core's messages (5 KB each): $1.00 a million up to a billion a month, $0.80 up to five, $0.70 beyond. */
const iotMessages = (count: number): number =>
  (Math.min(count, 1e9) * 1.0 + Math.min(Math.max(0, count - 1e9), 4e9) * 0.8 + Math.max(0, count - 5e9) * 0.7) / 1e6;

export const alternatives = (fleet: Fleet): readonly Alternative[] => {
  const { events, frames, connectedMinutes } = countsOf(fleet);
  const devices = fleet.restaurants * fleet.devices;
  const month = monthOf(fleet);
  const beside = totalOf(fleet) - replaced.reduce((sum, purpose) => sum + (month.get(purpose) ?? 0), 0);
  // $1.00 a million operations (a publication, a delivery, each 5 KB), $0.08 a million connection minutes; so for IoT Core's minutes.
  const minutes = connectedMinutes * (0.08 / 1e6);
  const bought: readonly Alternative[] = [
    { name: 'AWS AppSync Events', alone: (events + frames) / 1e6 + minutes },
    // A device that is to get what it missed takes QoS 1, and its acknowledgement of each delivery is a message, too.
    { name: 'AWS IoT Core, QoS 1', alone: iotMessages(events + 2 * frames) + minutes },
    { name: 'AWS IoT Core, QoS 0', alone: iotMessages(events + frames) + minutes },
    // Pro: $399, and $2.50 a million messages, $1.00 a million connection minutes, $1.00 a million channel minutes.
    {
      name: 'Ably Pro',
      alone:
        399 +
        ((events + frames) * 2.5 + connectedMinutes + (devices === 0 ? 0 : connectedMinutes / fleet.devices)) / 1e6,
    },
    // Pro: $25 with 5 million messages and 500 connections; $2.50 each further million, $10 each further thousand.
    {
      name: 'Supabase Realtime Pro',
      alone:
        25 +
        Math.max(0, Math.ceil((events + frames) / 1e6 - 5)) * 2.5 +
        Math.max(0, Math.ceil((devices - 500) / 1_000)) * 10,
    },
  ];
  return bought.map((one) => (one.name.startsWith('AWS ') ? { ...one, alike: one.alone + beside } : one));
};
