/** PURE. A journey as a drawing: a lane for each device, and time that flows down. Lanes are counted from the left, heights are pixels. */
import { durationText } from './journey-wording.ts';
import { beginOf, type Journey } from './journeys.ts';

export type Mark = Readonly<{
  lane: number;
  y: number;
  kind: 'sent' | 'accepted' | 'refused' | 'heard';
  /** The time since it began; of the beginning none. */
  label: string;
  /** On which side of its lane the label is: not where the lines come from. */
  side: 'left' | 'right';
}>;

export type Link = Readonly<{ from: number; fromY: number; to: number; toY: number }>;

export type Band = Readonly<{ height: number; marks: readonly Mark[]; links: readonly Link[] }>;

const margin = 14;
/** Between the beginning and the slowest mark. */
const span = 44;
/** Marks of one lane are so far apart that their labels do not touch. */
const apart = 17;

/** Heights are in proportion to the times of this journey, as far as labels allow. What happened at a device without a lane is left out. */
export const bandOf = (journey: Journey, lanes: readonly string[]): Band => {
  const marks = placed(happened(journey, lanes));
  const origin = marks.find(({ kind }) => kind === 'sent');
  const links = marks.flatMap((mark) =>
    origin !== undefined && mark.lane !== origin.lane
      ? [{ from: origin.lane, fromY: origin.y, to: mark.lane, toY: mark.y }]
      : [],
  );
  const balance = links.reduce((sum, { from, to }) => sum + Math.sign(to - from), 0);
  const ownSide = balance > 0 ? 'left' : 'right';
  return {
    height: Math.max(0, ...marks.map(({ y }) => y)) + margin,
    links,
    marks: marks.map(({ lane, y, kind, ms }) => ({
      lane,
      y,
      kind,
      label: kind === 'sent' || (origin === undefined && ms === 0) ? '' : durationText(ms),
      side: origin === undefined || lane === origin.lane ? ownSide : lane < origin.lane ? 'left' : 'right',
    })),
  };
};

type Happening = Readonly<{ lane: number; kind: Mark['kind']; ms: number }>;

const happened = (journey: Journey, lanes: readonly string[]): readonly Happening[] => {
  const { sent, answer, heard } = journey;
  const began = beginOf(journey);
  const own = sent?.device ?? '';
  return [
    ...(sent === undefined ? [] : [{ device: own, kind: 'sent', at: sent.at } as const]),
    ...(answer === undefined ? [] : [{ device: own, kind: answer.kind, at: answer.at }]),
    ...heard.map(({ device, at }) => ({ device, kind: 'heard', at }) as const),
  ]
    .map(({ device, kind, at }) => ({ lane: lanes.indexOf(device), kind, ms: Math.max(0, at - began) }))
    .filter(({ lane }) => lane >= 0)
    .sort((a, b) => a.ms - b.ms);
};

const placed = (happenings: readonly Happening[]): readonly (Happening & Readonly<{ y: number }>)[] => {
  const slowest = Math.max(1, ...happenings.map(({ ms }) => ms));
  const lowest = new Map<number, number>();
  return happenings.map((one) => {
    const y = Math.max(margin + Math.round((span * one.ms) / slowest), (lowest.get(one.lane) ?? -apart) + apart);
    lowest.set(one.lane, y);
    return { ...one, y };
  });
};
