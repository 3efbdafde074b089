/** What is said of a storm, as data: the terminal, the page and `--json` show it. */
import { backAfter, type Course, type Refusal, refusals } from './storm-course.ts';
import type { Storm } from './storm-settings.ts';

export type StormReport = Readonly<{
  what: string;
  storm: Storm;
  /** Seconds from when handshakes can succeed, undefined where so many never were back. */
  half: number | undefined;
  ninety: number | undefined;
  last: number | undefined;
  attemptsPerDevice: number;
  tokensPerDevice: number;
  refused: Readonly<Record<Refusal, number>>;
  lost: number;
  handedOver: number;
  later: number;
  /** Handshakes of the busiest second; and of the busiest one after all were back. */
  busiest: number;
  busiestLater: number;
  /** A plot's points: seconds since the cut, the share that is back, handshakes a second, each the mean of `step` seconds. */
  step: number;
  points: readonly Readonly<{ second: number; back: number; tried: number }>[];
}>;

const mostPoints = 60;

export const stormReport = (what: string, storm: Storm, course: Course): StormReport => {
  const { devices, tried, attempts, tokensAsked, refused, lost, handedOver, later, outage } = course;
  const last = backAfter(course, 1);
  const endOfAll = Math.ceil(outage + (last ?? 0)) + 1;
  const seconds = Math.max(tried.length, endOfAll);
  const step = Math.max(1, Math.ceil(seconds / mostPoints));
  let back = 0;
  const points = Array.from({ length: Math.ceil(seconds / step) }, (_, nth) => {
    const of = (list: readonly number[]): number =>
      list.slice(nth * step, (nth + 1) * step).reduce((sum, one) => sum + one, 0);
    back += of(course.in);
    return { second: nth * step, back: back / devices, tried: of(tried) / step };
  });
  const most = (list: readonly number[]): number => list.reduce((one, other) => Math.max(one, other), 0);
  return {
    what,
    storm,
    half: backAfter(course, 0.5),
    ninety: backAfter(course, 0.9),
    last,
    attemptsPerDevice: attempts / devices,
    tokensPerDevice: tokensAsked / devices,
    refused,
    lost,
    handedOver,
    later,
    busiest: most(tried),
    busiestLater: last === undefined ? 0 : most(tried.slice(endOfAll)),
    step,
    points,
  };
};

export const duration = (seconds: number | undefined): string => {
  if (seconds === undefined) return 'never';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
};

export const count = (number: number): string => Math.round(number).toLocaleString('en-US');

const words: Readonly<Record<Refusal, string>> = {
  outage: 'nothing answered',
  rate: 'too many new connections',
  requests: 'too many requests',
  concurrency: 'no function free',
  address: 'too many of one address',
  tokens: 'no token from the issuer',
};

/** What stood in the way, the most frequent first. */
export const obstacles = ({
  refused,
}: Pick<StormReport, 'refused'>): readonly Readonly<{ what: string; times: number }>[] =>
  refusals
    .map((why) => ({ what: words[why], times: refused[why] }))
    .filter(({ times }) => times > 0)
    .sort((a, b) => b.times - a.times);
