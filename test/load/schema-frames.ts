/** How long the largest frames take that schemas of events make much of: each in a process of its own, as in a new sandbox. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { worstCases } from './schema-cases.ts';

/** The first frame that the process reads, and the median when its code is compiled. Reading JSON is part of both. */
export type FrameTimes = Readonly<{ firstMs: number; medianMs: number }>;

type Worst = Readonly<{ why: string; ms: number }>;

/** The slowest of all cases, for the first frame and for those after it. */
export const worstFrames = (): Readonly<{ first: Worst; later: Worst }> => {
  const measured = worstCases.map(({ why }, index) => ({ why, times: timesOf(index) }));
  const slowest = (msOf: (times: FrameTimes) => number): Worst =>
    measured
      .map(({ why, times }) => ({ why, ms: msOf(times) }))
      .reduce((worst, one) => (one.ms > worst.ms ? one : worst));
  return { first: slowest(({ firstMs }) => firstMs), later: slowest(({ medianMs }) => medianMs) };
};

const timesOf = (index: number): FrameTimes => {
  const program = join(import.meta.dirname, 'schema-frames-process.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, String(index)], {
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`frame ${index} was not measured: ${stderr}`);
  const { firstMs, medianMs } = JSON.parse(stdout) as FrameTimes;
  return { firstMs, medianMs };
};
