import { randomUUID } from 'node:crypto';
import {
  beginEpoch,
  countRestaurant,
  removeEvents,
  removeMemberships,
  restaurantsWithEvents,
} from '../lambdas/dynamodb/restaurant-administration.ts';
import { closeSession } from '../lambdas/session/session.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';
import { type AskedGateway, targetHelp, targetOptions } from './asked-gateway.ts';
import { called, NotFoundError, readArguments, run, UsageError } from './command.ts';
import { sessionPorts } from './session-ports.ts';
import { stageConfig } from './stage-domain.ts';
import { openTarget, type Target } from './target.ts';

const help = `A restaurant as a whole: docs/operations.md says when.

  ${called('restaurants list')}
  ${called('restaurants new-epoch --restaurant R | --all')}
  ${called('restaurants delete    --restaurant R [--yes]')}

  list         those that have events or had some
  new-epoch    after the event table came from a backup: its events are of another numbering from now on, so that no
               device takes a new event for one that it has had
  delete       its memberships, its sessions and its events. What was recorded of it stays until its time is over.
               Without --yes it says what there is, and deletes nothing
${targetHelp(14)}`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    restaurant: { type: 'string' },
    all: { type: 'boolean' },
    yes: { type: 'boolean' },
    ...targetOptions,
  });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action === undefined) throw new UsageError('say list, new-epoch or delete; see --help');
  if (action !== 'list' && action !== 'new-epoch' && action !== 'delete')
    throw new UsageError(`say list, new-epoch or delete, not ${action}; see --help`);
  const { restaurant, all = false, yes = false } = values;
  if (restaurant !== undefined && !isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);

  if (action === 'list') {
    const { events } = await openTarget(values);
    for await (const one of restaurantsWithEvents(events)) console.log(one);
    return;
  }
  if (action === 'new-epoch') {
    if ((restaurant === undefined) === !all)
      throw new UsageError('say --restaurant R or --all, one of them; see --help');
    return newEpochs(await openTarget(values), restaurant);
  }
  if (restaurant === undefined) throw new UsageError('--restaurant is missing; see --help');
  const target = await openTarget(values);
  return yes ? deleteRestaurant(target, restaurant, values) : tellOf(target, restaurant);
});

async function newEpochs({ events }: Target, restaurant: string | undefined): Promise<void> {
  const those = restaurant === undefined ? restaurantsWithEvents(events) : [restaurant];
  for await (const one of those) {
    if ((await beginEpoch(events)(one, randomUUID())) === 'no_events') throw new NotFoundError(`${one} has no events.`);
    console.log(`${one} has a new epoch.`);
  }
}

async function tellOf(target: Target, restaurant: string): Promise<void> {
  const { memberships, events } = await countRestaurant(target, restaurant);
  console.log(
    `${restaurant} has ${counted(memberships, 'membership')} and ${counted(events, 'item')} of events. With --yes they are deleted, and its sessions end.`,
  );
}

/** Nobody may come in any more before those who are in are put out, and nothing may be published before events are deleted. */
async function deleteRestaurant(target: Target, restaurant: string, asked: AskedGateway): Promise<void> {
  const memberships = await removeMemberships(target, restaurant);
  const ports = sessionPorts(target, stageConfig(asked));
  const sessions = await ports.connections.sessionsAt(restaurant);
  for (const session of sessions) await closeSession(ports)(session, `operator/${randomUUID()}`, 'revoked');
  const events = await removeEvents(target, restaurant);
  console.log(
    `${restaurant} is deleted: ${counted(memberships, 'membership')}, ${counted(sessions.length, 'session')}, ${counted(events, 'item')} of events.`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
