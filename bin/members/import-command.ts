/** `members import`: a file into the membership table, and what became of its lines onto the screen. */
import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readMembers, replaceMembership } from '../../lambdas/dynamodb/membership-bulk.ts';
import { isThrottled } from '../../lambdas/dynamodb/table.ts';
import type { Domain } from '../../protocol/domain.ts';
import { NotFoundError, UsageError } from '../command.ts';
import type { Ending } from '../exit-codes.ts';
import type { Target } from '../target.ts';
import { who } from './change.ts';
import { type Counts, type Exception, importMembers, nothingImported } from './import.ts';
import { leftAlone } from './import-rules.ts';
import { fileRows, MemberFileError } from './member-file.ts';
import { progress } from './progress.ts';

/** More of a kind are counted, and all are told with `--json`. */
const mostShown = 100;

export type ImportOptions = Readonly<{
  path: string;
  issuer: string | undefined;
  domain: Domain;
  isDry: boolean;
  isJson: boolean;
}>;

export const importFile = async (
  target: Target,
  { path, issuer, domain, isDry, isJson }: ImportOptions,
): Promise<Ending> => {
  const issuers = { aliases: target.issuers, byDefault: issuer ?? target.onlyIssuer };
  const counts = nothingImported();
  const screen = progress({
    isTerminal: process.stderr.isTTY === true,
    write: (text) => process.stderr.write(text),
    now: Date.now,
  });
  const shown = { bad: 0, left_alone: 0 };
  const tell = (exception: Exception): void => {
    if (isJson) {
      console.log(JSON.stringify(objectOf(exception)));
      return;
    }
    shown[exception.outcome] += 1;
    if (shown[exception.outcome] > mostShown) return;
    screen.clear();
    console.error(sentenceOf(exception));
  };
  const ports = {
    readMembers: readMembers(target.memberships),
    replaceMembership: replaceMembership(target.memberships),
    isThrottled,
    pause: (ms: number) => delay(ms),
    random: Math.random,
  };
  try {
    const rows = watched(fileRows(piecesOf(path)), () => screen.at(() => summaryOf(counts, isDry)));
    await importMembers(ports, { domain, issuers, isDry })(rows, counts, tell);
  } catch (error) {
    if (error instanceof MemberFileError) throw new UsageError(`${path}: ${error.message}`);
    if (isMissing(error)) throw new NotFoundError(`${path} is not there`);
    screen.clear();
    console.error(`${summaryOf(counts, isDry)} It was not finished: run it again, and it goes on where it was.`);
    throw error;
  }
  screen.clear();
  for (const kind of ['bad', 'left_alone'] as const)
    if (shown[kind] > mostShown)
      console.error(`… and ${shown[kind] - mostShown} more that are ${wordOf[kind]}: --json names them all`);
  console.log(isJson ? JSON.stringify({ outcome: 'summary', ...counts, dry_run: isDry }) : summaryOf(counts, isDry));
  return counts.bad + counts.left_alone > 0 ? 'partly' : 'done';
};

const wordOf = { bad: 'bad', left_alone: 'left alone' } as const;

const piecesOf = (path: string): AsyncIterable<string> =>
  path === '-' ? process.stdin.setEncoding('utf8') : createReadStream(path, { encoding: 'utf8' });

async function* watched<T>(all: AsyncIterable<T>, look: () => void): AsyncGenerator<T> {
  for await (const one of all) {
    yield one;
    look();
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'syscall' in error;

const objectOf = (exception: Exception): object => {
  if (exception.outcome === 'bad') return exception;
  const { member, ...rest } = exception;
  return { ...rest, restaurant_id: member.restaurantId, issuer: member.issuer, user_id: member.userId };
};

const sentenceOf = (exception: Exception): string =>
  exception.outcome === 'bad'
    ? `line ${exception.line}: ${exception.why}`
    : `line ${exception.line}: left alone: ${who(exception.member)} at ${exception.member.restaurantId} ${leftAlone[exception.why]}`;

const summaryOf = ({ rows, created, changed, unchanged, left_alone, bad }: Counts, isDry: boolean): string => {
  const sum = `${rows} ${rows === 1 ? 'row' : 'rows'}: ${created} created, ${changed} changed, ${unchanged} unchanged, ${left_alone} left alone, ${bad} bad.`;
  return isDry ? `${sum} Nothing was written: this was a dry run.` : sum;
};
