/** What is counted of a storm, and what it comes to. Seconds are from the moment at which handshakes can succeed again. */
export const refusals = ['outage', 'rate', 'requests', 'concurrency', 'address', 'tokens'] as const;
export type Refusal = (typeof refusals)[number];

export type Course = Readonly<{
  devices: number;
  /** When each was in again, in order; those that never were are missing. */
  backAt: Float64Array;
  /** Handshakes until all were back, and afterwards. */
  attempts: number;
  later: number;
  tokensAsked: number;
  refused: Readonly<Record<Refusal, number>>;
  /** Sessions that were lost once more, and those that were handed over to a younger connection. */
  lost: number;
  handedOver: number;
  /** Handshakes of each second since the cut, and who came in, in the first session after it. */
  tried: readonly number[];
  in: readonly number[];
  /** Seconds from the cut to the end of the outage. */
  outage: number;
  /** How often something was taken from the agenda, which is what a storm costs to compute. */
  happenings: number;
}>;

export type Counts = Readonly<{
  tried: (now: number) => void;
  refused: (why: Refusal) => void;
  askedToken: () => void;
  /** A device before and after a step, by the socket of its session. */
  saw: (device: number, before: number | undefined, after: number | undefined, now: number) => void;
  happened: () => void;
  areBack: () => boolean;
  course: () => Course;
}>;

export const counting = (devices: number, cutAtMs: number, backFromMs: number): Counts => {
  const back = new Float64Array(devices).fill(Number.NaN);
  const sum = { attempts: 0, later: 0, tokensAsked: 0, lost: 0, handedOver: 0, happenings: 0 };
  const refused: Record<Refusal, number> = { outage: 0, rate: 0, requests: 0, concurrency: 0, address: 0, tokens: 0 };
  const tried: number[] = [];
  const cameIn: number[] = [];
  let missing = devices;
  const add = (list: number[], now: number) => {
    const second = Math.floor((now - cutAtMs) / 1000);
    while (list.length <= second) list.push(0);
    list[second] = (list[second] ?? 0) + 1;
  };
  return {
    tried: (now) => {
      sum[missing > 0 ? 'attempts' : 'later']++;
      add(tried, now);
    },
    refused: (why) => {
      refused[why]++;
    },
    askedToken: () => {
      sum.tokensAsked++;
    },
    saw: (device, before, after, now) => {
      if (before === after) return;
      const isFirst = Number.isNaN(back[device]);
      if (isFirst && after !== undefined) {
        back[device] = (now - backFromMs) / 1000;
        missing--;
        add(cameIn, now);
      } else if (!isFirst && before !== undefined) sum[after === undefined ? 'lost' : 'handedOver']++;
    },
    happened: () => {
      sum.happenings++;
    },
    areBack: () => missing === 0,
    course: () => ({
      ...sum,
      devices,
      refused,
      tried,
      in: cameIn,
      backAt: back.filter((at) => !Number.isNaN(at)).sort(),
      outage: (backFromMs - cutAtMs) / 1000,
    }),
  };
};

/** When such a share of the devices was back, in seconds; undefined where it never was. */
export const backAfter = ({ backAt, devices }: Course, share: number): number | undefined =>
  backAt[Math.max(0, Math.ceil(devices * share) - 1)];
