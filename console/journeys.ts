/** PURE. The way of each event from the device that sent it to the devices that heard it. */
import type { Observation } from './observations.ts';

export type Hearing = Readonly<{
  device: string;
  at: number;
  /** It came with a replay: the device was away when others heard it. */
  isCaughtUp: boolean;
}>;

export type Answer =
  | Readonly<{ kind: 'accepted'; at: number }>
  | Readonly<{ kind: 'refused'; at: number; reason: string; field: string }>;

export type Journey = Readonly<{
  type: string;
  /** The first time it went out; nothing where no device of this page sent it. */
  sent: Readonly<{ device: string; id: string; at: number }> | undefined;
  /** Who published it, as those who heard it were told. */
  publisher: string;
  answer: Answer | undefined;
  /** The gateway's name for the event, once somebody was told. */
  eventId: string | undefined;
  /** In the order in which it was heard, each device once. */
  heard: readonly Hearing[];
}>;

/** How many are remembered. */
export const maxJourneys = 200;

/** The journeys, oldest first, after one more observation. An event may be heard before its publisher hears `accepted`. */
export const afterObservation = (journeys: readonly Journey[], seen: Observation): readonly Journey[] => {
  switch (seen.kind) {
    case 'sent':
      // Sent again, it is the same publication.
      return publicationOf(journeys, seen) === undefined ? [...journeys, begunBy(seen)].slice(-maxJourneys) : journeys;
    case 'refused':
      return replace(journeys, publicationOf(journeys, seen), (own) => ({ ...own, answer: seen }));
    case 'accepted': {
      const publication = publicationOf(journeys, seen);
      if (publication === undefined) return journeys;
      const early = journeys.find(({ sent, eventId }) => sent === undefined && eventId === seen.eventId);
      const others = journeys.filter((one) => one !== early);
      return replace(others, publication, (own) => ({
        ...own,
        answer: { kind: 'accepted', at: seen.at },
        eventId: seen.eventId,
        heard: early?.heard ?? own.heard,
      }));
    }
    case 'heard': {
      const known = journeys.find(({ eventId }) => eventId === seen.eventId);
      if (known === undefined) return [...journeys, heardFirst(seen)].slice(-maxJourneys);
      if (known.heard.some(({ device }) => device === seen.device)) return journeys;
      return replace(journeys, known, (own) => ({ ...own, heard: [...own.heard, hearing(seen)] }));
    }
  }
};

/** When this page first knew of it. */
export const beginOf = ({ sent, heard }: Journey): number => sent?.at ?? heard[0]?.at ?? 0;

type Seen<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>;

const begunBy = ({ type, device, id, at }: Seen<'sent'>): Journey => ({
  type,
  sent: { device, id, at },
  publisher: device,
  answer: undefined,
  eventId: undefined,
  heard: [],
});

const heardFirst = (seen: Seen<'heard'>): Journey => ({
  type: seen.type,
  sent: undefined,
  publisher: seen.publisher,
  answer: undefined,
  eventId: seen.eventId,
  heard: [hearing(seen)],
});

const hearing = ({ device, at, isCaughtUp }: Seen<'heard'>): Hearing => ({ device, at, isCaughtUp });

const publicationOf = (journeys: readonly Journey[], { device, id }: Readonly<{ device: string; id: string }>) =>
  journeys.find(({ sent }) => sent?.device === device && sent.id === id);

const replace = (journeys: readonly Journey[], old: Journey | undefined, by: (old: Journey) => Journey) =>
  old === undefined ? journeys : journeys.map((one) => (one === old ? by(old) : one));
