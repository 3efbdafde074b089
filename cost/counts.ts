/** How often things happen in a month: what a fleet does, before anything of it has a price. */
import { type Assumed, assumed } from './assumptions.ts';
import type { Fleet } from './fleet.ts';
import { pingsPerDay } from './heartbeats.ts';
import { runsPerDay, slotOf } from './shared-runs.ts';

/** How often what happens in a month. */
export const countsOf = (fleet: Fleet, assumption: Assumed = assumed) => {
  const deviceDays = fleet.restaurants * fleet.devices * fleet.days;
  const connectedHours = fleet.hours + fleet.nightHours;
  const events = fleet.restaurants * fleet.events * fleet.days;
  const turns = events / fleet.frame;
  const runs = fleet.days * runsPerDay(fleet, turns / fleet.days, slotOf(fleet, assumption));
  const eventsPerSecond = events / fleet.days / fleet.hours / 3600;
  const collected = 1 + (eventsPerSecond * assumption.publisherCollectMs) / 1000;
  const connections = deviceDays * (connectedHours / assumption.connectionHours + assumption.lostLinks);
  return {
    events,
    turns,
    runs,
    frames: turns * fleet.devices * fleet.audience,
    fromDevices: fleet.publishers === 'devices' ? events : 0,
    requestsOfBackends: fleet.publishers === 'devices' ? 0 : events / (fleet.batch ? Math.min(10, collected) : 1),
    pings: deviceDays * pingsPerDay(fleet, assumption),
    connections,
    replays: deviceDays * assumption.lostLinks,
    // Whatever connections there are meanwhile: the SDK opens the next one with the token it has.
    renewals: (deviceDays * connectedHours) / fleet.tokenHours,
    connectedMinutes: deviceDays * connectedHours * 60,
  };
};
export type Counts = ReturnType<typeof countsOf>;
