/** What happened between the devices: the timeline and the plots, drawn anew after each frame that tells of an event. */
import type { TraceEntry } from '../client/src/index.ts';
import { place } from './element.ts';
import { afterObservation, type Journey } from './journeys.ts';
import { type Observation, observationsOf } from './observations.ts';
import { createPlots } from './plots.ts';
import { afterFirstHearing, type Counts } from './rates.ts';
import { createTimeline } from './timeline.ts';

/** Takes a line of a device's wire. */
export type Observe = (device: string, entry: TraceEntry) => void;

/** The minutes go by, also when nothing happens. */
const tickMs = 5000;

export const createOverview = (devices: readonly string[]): Observe => {
  const timeline = createTimeline(devices);
  const plots = createPlots();
  place('timeline').append(timeline.body);
  place('plots').append(plots.body);
  let journeys: readonly Journey[] = [];
  let counts: Counts = new Map();
  let isDue = false;

  const show = () => {
    isDue = false;
    timeline.show(journeys);
    plots.show(journeys, counts, Date.now());
  };
  /** Once a frame of the screen, however much happens. */
  const showSoon = () => {
    if (!isDue) requestAnimationFrame(show);
    isDue = true;
  };
  const take = (seen: Observation) => {
    const isFirst =
      seen.kind === 'heard' && !journeys.some(({ eventId, heard }) => eventId === seen.eventId && heard.length > 0);
    if (isFirst) counts = afterFirstHearing(counts, seen.at);
    journeys = afterObservation(journeys, seen);
  };

  setInterval(showSoon, tickMs);
  show();
  return (device, entry) => {
    const observations = observationsOf(device, entry);
    observations.forEach(take);
    if (observations.length > 0) showSoon();
  };
};
