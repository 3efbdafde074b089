import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetter } from '../lambdas/sqs/dead-letters.ts';
import { type AskedGateway, targetHelp, targetOptions } from './asked-gateway.ts';
import { called, readArguments, run } from './command.ts';
import { isRestaurantOf } from './known-restaurant.ts';
import { handleLetters, letterOptions, wantedLetters } from './letters.ts';
import { redriven } from './redriven.ts';
import { stageDomain } from './stage-domain.ts';
import { openTarget, type Target } from './target.ts';

const help = `What was published and put aside, or given up because its function failed for too long.

  ${called('deadletters list    [--restaurant R] [--reason WORD]')}
  ${called('deadletters redrive --restaurant R | --all [--reason WORD]')}
  ${called('deadletters drop    --restaurant R | --all [--reason WORD]')}

  list           whose they are and why; of each restaurant the first ones, ten at most
  redrive        sends them back, in their order: each is published at its own restaurant with the id it had, so that an
                 event which was numbered already is not published twice; one of a device names its device no more,
                 since it is you who sends it. What would be put aside again stays
  drop           deletes them
  --restaurant R of this restaurant. With redrive, also those that v0.1.0 put aside without theirs, as its
  --reason WORD  put aside for it, such as restaurant_rate; given_up: the queue's function failed
${targetHelp(15)}`;

/** So many are sent back, then a pause: a thousand a minute, a third of what a restaurant may have by default. */
const pacedBy = 100;
const pauseMs = 6_000;

await run(async () => {
  const { values, positionals } = readArguments(help, { ...letterOptions, ...targetOptions });
  const wanted = wantedLetters(positionals, values);
  const target = await openTarget(values);
  return handleLetters(target.deadLetters, wanted, redrive(target, wanted.restaurant, values));
});

function redrive(
  target: Target,
  restaurant: string | undefined,
  asked: AskedGateway,
): (letter: DeadLetter) => Promise<'sent back' | `stays: ${string}`> {
  let sent = 0;
  const isRestaurant = isRestaurantOf(target, asked);
  const domain = stageDomain(asked);
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
