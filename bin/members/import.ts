/** Rows of a file become memberships: read in batches, written where they still stand as they were read. */
import type { Membership } from '../../lambdas/access/membership.ts';
import type { Member } from '../../lambdas/dynamodb/membership-administration.ts';
import { type LeftAlone, type Verdict, verdictOn } from './import-rules.ts';
import type { Domain } from '../../protocol/domain.ts';
import type { FileRow } from './member-file.ts';
import { type KnownIssuers, type MemberRow, memberRowOf } from './member-row.ts';

export type ImportPorts = Readonly<{
  /** As many as `batchSize` at once. */
  readMembers: (members: readonly Member[]) => Promise<readonly (Membership | undefined)[]>;
  replaceMembership: (before: Membership | undefined, after: Membership) => Promise<'written' | 'moved'>;
  /** Whether a failure says that the table takes no more now. */
  isThrottled: (error: unknown) => boolean;
  pause: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  random: () => number;
}>;

/** What became of a row that was not written as it is said; the others are only counted. */
export type Exception = Readonly<{ line: number }> &
  (Readonly<{ outcome: 'bad'; why: string }> | Readonly<{ outcome: 'left_alone'; why: LeftAlone; member: Member }>);

export type Counts = {
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  left_alone: number;
  bad: number;
};
export const nothingImported = (): Counts => ({
  rows: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  left_alone: 0,
  bad: 0,
});

export const batchSize = 100;
/** Writes that are under way at once. */
const writers = 25;
/** With full jitter from 0.1 to 10 s (a table that scales takes minutes), somewhat over a minute in all. */
const triesWhenThrottled = 14;
const triesWhenMoved = 5;

type Good = Readonly<{ line: number; row: MemberRow }>;

/** Counts into `counts` as it goes, so that they hold where it throws. Nothing is written in a dry run. */
export const importMembers =
  (
    ports: ImportPorts,
    { domain, issuers, isDry }: Readonly<{ domain: Domain; issuers: KnownIssuers; isDry: boolean }>,
  ) =>
  async (rows: AsyncIterable<FileRow>, counts: Counts, tell: (exception: Exception) => void): Promise<void> => {
    const lineOf = new Map<string, number>();
    let batch: Good[] = [];

    const flush = async (): Promise<void> => {
      const good = batch;
      batch = [];
      const found = await patiently(ports)(() => ports.readMembers(good.map(({ row }) => row)));
      await atOnce(writers, good, async ({ line, row }, nth) => {
        const verdict = await settle(ports, domain, isDry)(row, found[nth]);
        counts[verdict.is] += 1;
        if (verdict.is === 'left_alone') tell({ line, outcome: 'left_alone', why: verdict.why, member: memberIn(row) });
      });
    };

    const judge = (read: FileRow): Good | string => {
      if ('problem' in read) return read.problem;
      const row = memberRowOf(domain, read.fields, issuers);
      if (typeof row === 'string') return row;
      const key = JSON.stringify([row.restaurantId, row.issuer, row.userId]);
      const earlier = lineOf.get(key);
      if (earlier !== undefined) return `it is about the member of line ${earlier}, which counts`;
      lineOf.set(key, read.line);
      return { line: read.line, row };
    };

    for await (const read of rows) {
      counts.rows += 1;
      const good = judge(read);
      if (typeof good === 'string') {
        counts.bad += 1;
        tell({ line: read.line, outcome: 'bad', why: good });
        continue;
      }
      if (batch.push(good) === batchSize) await flush();
    }
    await flush();
  };

const settle =
  (ports: ImportPorts, domain: Domain, isDry: boolean) =>
  async (row: MemberRow, found: Membership | undefined): Promise<Verdict> => {
    let current = found;
    for (let tries = 0; tries < triesWhenMoved; tries += 1) {
      const before = current;
      const verdict = verdictOn(domain, row, before);
      if (isDry || !('membership' in verdict)) return verdict;
      const { membership } = verdict;
      if ((await patiently(ports)(() => ports.replaceMembership(before, membership))) === 'written') return verdict;
      [current] = await patiently(ports)(() => ports.readMembers([row]));
    }
    return { is: 'left_alone', why: 'changing' };
  };

/** Again while the table says that it takes no more now, after a pause that grows. Throws what the last try threw. */
const patiently =
  ({ isThrottled, pause, random }: ImportPorts) =>
  async <T>(call: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call();
      } catch (error) {
        if (tries === triesWhenThrottled || !isThrottled(error)) throw error;
        await pause(random() * Math.min(10_000, 100 * 2 ** tries));
      }
    }
  };

/** So many at once. Where one throws no further one begins, and it throws when those under way are done. */
const atOnce = async <T>(
  most: number,
  all: readonly T[],
  act: (one: T, nth: number) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  const left = all.entries();
  const work = async (): Promise<void> => {
    for (const [nth, one] of left) {
      if (failures.length > 0) return;
      await act(one, nth).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  if (failures.length > 0) throw failures[0];
};

const memberIn = ({ restaurantId, issuer, userId }: MemberRow): Member => ({ restaurantId, issuer, userId });
