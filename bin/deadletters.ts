import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isRestaurantId } from '../protocol/identifiers.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { NotFoundError, readArguments, run, UsageError } from './command.ts';
import type { DeadLetter, DeadLetterQueue } from '../lambdas/sqs/dead-letters.ts';
import { isRestaurantOf } from './known-restaurant.ts';
import { redriven } from './redriven.ts';
import { stageDomain } from './stage-domain.ts';
import { openTarget, type Target, targetOptions } from './target.ts';

const help = `What was published and put aside, or given up because its function failed for too long.

  npm run deadletters -- list    [--restaurant R] [--reason WORD]
  npm run deadletters -- redrive --restaurant R | --all [--reason WORD]
  npm run deadletters -- drop    --restaurant R | --all [--reason WORD]

  list           whose they are and why; of each restaurant the first ones, ten at most
  redrive        sends them back, in their order: each is published at its own restaurant with the id it had, so that an
                 event which was numbered already is not published twice; one of a device names its device no more,
                 since it is you who sends it. What would be put aside again stays
  drop           deletes them
  --restaurant R of this restaurant. With redrive, also those that v0.1.0 put aside without theirs, as its
  --reason WORD  put aside for it, such as restaurant_rate; given_up: the queue's function failed
  --port N       the gateway on this machine that has this port; needed where several run
  --stage S      a deployed stage; without it, the gateway on this machine
`;

const columns: readonly Column[] = [
  ['PUT ASIDE', 24],
  ['RESTAURANT', 16],
  ['REASON', 20],
  ['PUBLISHER', 24],
  ['MESSAGE', 0],
];

/** So many are sent back, then a pause: a thousand a minute, a third of what a restaurant may have by default. */
const pacedBy = 100;
const pauseMs = 6_000;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    restaurant: { type: 'string' },
    reason: { type: 'string' },
    all: { type: 'boolean' },
    ...targetOptions,
  });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action === undefined) throw new UsageError('say list, redrive or drop; see --help');
  if (action !== 'list' && action !== 'redrive' && action !== 'drop')
    throw new UsageError(`say list, redrive or drop, not ${action}; see --help`);
  const { restaurant, reason, all = false } = values;
  if (restaurant !== undefined && !isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);
  if (action !== 'list' && (restaurant === undefined) === !all)
    throw new UsageError('say --restaurant R or --all, one of them; see --help');

  const target = await openTarget(values);
  const isMeant = (letter: DeadLetter): boolean =>
    (restaurant === undefined || (letter.restaurant ?? restaurant) === restaurant) &&
    (reason === undefined || letter.reason === reason);
  const outcomeOf = {
    list: async () => 'kept',
    redrive: redrive(target, restaurant, values.stage),
    drop: drop(target),
  }[action];
  let shown = 0;
  let gone = 0;
  const stays = await eachLetter(target.deadLetters, async (letter) => {
    if (!isMeant(letter)) return 'stays';
    if (shown === 0) printHeadings(columns);
    shown += 1;
    const outcome = await outcomeOf(letter);
    console.log(`${lineOf(letter)}${outcome === 'kept' ? '' : `  ${outcome}`}`);
    const isGone = outcome === 'sent back' || outcome === 'deleted';
    gone += Number(isGone);
    return isGone ? 'gone' : 'stays';
  });
  if (shown === 0 && action !== 'list') throw new NotFoundError('Nothing was put aside.');
  if (shown === 0) console.log('Nothing was put aside.');
  const behind = (await target.deadLetters.count()) - stays;
  if (behind > 0)
    console.error(`About ${behind} more stand behind those that stay: ten of a restaurant are handed out at a time.`);
  if (action === 'list' || gone === shown) return 'done';
  return gone === 0 ? 'refused' : 'partly';
});

/** Those that stay are hidden until all were seen, so that each is seen once; yields how many they are. */
async function eachLetter(
  queue: DeadLetterQueue,
  handle: (letter: DeadLetter) => Promise<'stays' | 'gone'>,
): Promise<number> {
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
}

function redrive(
  target: Target,
  restaurant: string | undefined,
  stage: string | undefined,
): (letter: DeadLetter) => Promise<string> {
  let sent = 0;
  const isRestaurant = isRestaurantOf(target, stage);
  const domain = stageDomain(stage);
  return async (letter) => {
    const back = redriven(domain, { ...letter, restaurant: letter.restaurant ?? restaurant });
    if (typeof back === 'string') return `stays: ${back}`;
    if (!(await isRestaurant(back.restaurantId))) return 'stays: restaurant_unknown';
    if (++sent % pacedBy === 0) await delay(pauseMs);
    // A message of its own: the queue may have seen the same body less than five minutes ago.
    await target.publish(back.restaurantId, back.body, randomUUID());
    await target.deadLetters.remove(letter);
    return 'sent back';
  };
}

function drop(target: Target): (letter: DeadLetter) => Promise<string> {
  return async (letter) => {
    await target.deadLetters.remove(letter);
    return 'deleted';
  };
}

function lineOf({ setAsideAtMs, restaurant, reason, publisher, messageId }: DeadLetter): string {
  return rowOf(columns, [new Date(setAsideAtMs).toISOString(), restaurant ?? '?', reason, publisher ?? '?', messageId]);
}
