/** What the commands for dead letters have in common: which are meant, that each is seen once, and how they end. */
import type { DeadLetter, DeadLetterQueue } from '../lambdas/sqs/dead-letters.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { NotFoundError, UsageError } from './command.ts';
import type { Ending } from './exit-codes.ts';

export const letterOptions = {
  restaurant: { type: 'string' },
  reason: { type: 'string' },
  all: { type: 'boolean' },
} as const;

export const actions = ['list', 'redrive', 'drop'] as const;
export type Action = (typeof actions)[number];

/** What was said on the command line. */
export type Wanted = Readonly<{ action: Action; restaurant: string | undefined; reason: string | undefined }>;

/** Throws `UsageError` where it cannot be told what is meant. */
export const wantedLetters = (
  positionals: readonly string[],
  { restaurant, reason, all = false }: Readonly<{ restaurant?: string; reason?: string; all?: boolean }>,
): Wanted => {
  const [said, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (said === undefined) throw new UsageError('say list, redrive or drop; see --help');
  const action = actions.find((one) => one === said);
  if (action === undefined) throw new UsageError(`say list, redrive or drop, not ${said}; see --help`);
  if (restaurant !== undefined && !isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);
  if (action !== 'list' && (restaurant === undefined) === !all)
    throw new UsageError('say --restaurant R or --all, one of them; see --help');
  return { action, restaurant, reason };
};

/** What became of a letter: gone for a reason, or kept. `kept`: nothing was to be done with it. */
export type LetterOutcome = 'kept' | 'sent back' | 'deleted' | `stays: ${string}`;

const columns: readonly Column[] = [
  ['PUT ASIDE', 24],
  ['RESTAURANT', 16],
  ['REASON', 20],
  ['PUBLISHER', 24],
  ['MESSAGE', 0],
];

/** Does with each letter that is meant what was asked for, and tells of each. A letter without a restaurant is one of all. */
export const handleLetters = async (
  queue: DeadLetterQueue,
  { action, restaurant, reason }: Wanted,
  redrive: (letter: DeadLetter) => Promise<'sent back' | `stays: ${string}`>,
): Promise<Ending> => {
  const outcomeOf: Readonly<Record<Action, (letter: DeadLetter) => Promise<LetterOutcome>>> = {
    list: async () => 'kept',
    redrive,
    drop: async (letter) => {
      await queue.remove(letter);
      return 'deleted';
    },
  };
  const isMeant = (letter: DeadLetter): boolean =>
    (restaurant === undefined || (letter.restaurant ?? restaurant) === restaurant) &&
    (reason === undefined || letter.reason === reason);
  let shown = 0;
  let gone = 0;
  const stays = await eachLetter(queue, async (letter) => {
    if (!isMeant(letter)) return 'stays';
    if (shown === 0) printHeadings(columns);
    shown += 1;
    const outcome = await outcomeOf[action](letter);
    console.log(`${lineOf(letter)}${outcome === 'kept' ? '' : `  ${outcome}`}`);
    const isGone = outcome === 'sent back' || outcome === 'deleted';
    gone += Number(isGone);
    return isGone ? 'gone' : 'stays';
  });
  if (shown === 0 && action !== 'list') throw new NotFoundError('Nothing was put aside.');
  if (shown === 0) console.log('Nothing was put aside.');
  const behind = (await queue.count()) - stays;
  if (behind > 0)
    console.error(`About ${behind} more stand behind those that stay: ten of a restaurant are handed out at a time.`);
  if (action === 'list' || gone === shown) return 'done';
  return gone === 0 ? 'refused' : 'partly';
};

/** Those that stay are hidden until all were seen, so that each is seen once; yields how many they are. */
const eachLetter = async (
  queue: DeadLetterQueue,
  handle: (letter: DeadLetter) => Promise<'stays' | 'gone'>,
): Promise<number> => {
  const hidden = new Map<string, DeadLetter>();
  try {
    for (;;) {
      const letters = (await queue.receive()).filter(({ messageId }) => !hidden.has(messageId));
      if (letters.length === 0) return hidden.size;
      for (const letter of letters) hidden.set(letter.messageId, letter);
      for (const letter of letters) if ((await handle(letter)) === 'gone') hidden.delete(letter.messageId);
    }
  } finally {
    // The last ones first: those of a restaurant are received in their order again.
    for (const letter of [...hidden.values()].reverse()) await queue.release(letter);
  }
};

const lineOf = ({ setAsideAtMs, restaurant, reason, publisher, messageId }: DeadLetter): string =>
  rowOf(columns, [new Date(setAsideAtMs).toISOString(), restaurant ?? '?', reason, publisher ?? '?', messageId]);
