/** PURE. A journey in words: all that its drawing shows. */
import { beginOf, type Hearing, type Journey } from './journeys.ts';

export type JourneyWording = Readonly<{ type: string; from: string; course: string }>;

export const journeyWording = (journey: Journey): JourneyWording => ({
  type: journey.type,
  from: `from ${journey.publisher}, ${clock(beginOf(journey))}`,
  course: [...answerWording(journey), ...heardWording(journey)].join('; '),
});

/** Whole milliseconds, which is what the page's clock tells; from ten seconds on whole seconds do. */
export const durationText = (ms: number): string => {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
};

const answerWording = ({ sent, answer }: Journey): readonly string[] => {
  if (sent === undefined) return [];
  if (answer === undefined) return ['no answer yet'];
  const after = durationText(answer.at - sent.at);
  if (answer.kind === 'accepted') return [`accepted after ${after}`];
  return [`refused after ${after}: ${answer.reason}${answer.field === '' ? '' : `, ${answer.field}`}`];
};

const heardWording = (journey: Journey): readonly string[] => {
  if (journey.heard.length === 0) return [];
  const one = ({ device, at, isCaughtUp }: Hearing) => {
    const ms = at - beginOf(journey);
    const when =
      journey.sent === undefined ? (ms > 0 ? ` ${durationText(ms)} later` : '') : ` after ${durationText(ms)}`;
    return `${device}${when}${isCaughtUp ? ', catching up' : ''}`;
  };
  return [`heard by ${journey.heard.map(one).join(', ')}`];
};

/** Time of the day, to the millisecond. */
const clock = (epochMs: number): string =>
  `${new Date(epochMs).toLocaleTimeString('en-GB')}.${String(epochMs % 1000).padStart(3, '0')}`;
