import { connectionTypes, isConnectionType, isRestaurantId } from '../protocol/identifiers.ts';
import { FailedError, readArguments, RefusedError, run, UsageError } from './command.ts';
import { atOnce } from './smoke/at-once.ts';
import { type Played, play, type Visitor } from './smoke/conversation.ts';
import { authError, differenceFrom } from './smoke/frames.ts';
import { observe } from './smoke/observations.ts';
import { type OutsideConversation, outsideConversations } from './smoke/outside-view.ts';

const defaultRestaurant = 'r-17';
const defaultType = 'pos';

const help = `Talks to a gateway as its clients do, and says what came instead where it is not what the protocol has.

  npm run -s smoke -- --url wss://… --token T [--restaurant R] [--type T] [--expired-token T]

  --url U            WebSocket URL of a stage
  --token T          access token of a member of the restaurant, good for some minutes
  --restaurant R     its restaurant (default ${defaultRestaurant})
  --type T           a connection type the member may have: ${connectionTypes.join(', ')} (default ${defaultType})
  --expired-token T  a genuine token that has expired; without it that check is left out

It takes as long as the stage's deadline for authentication, at least. Its refusals are in the audit trail of the stage.
`;

/** The longest deadline a stage may have is 30 s. */
const timeoutMs = 35_000;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    url: { type: 'string' },
    token: { type: 'string' },
    restaurant: { type: 'string' },
    type: { type: 'string' },
    'expired-token': { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const { restaurant: restaurantId = defaultRestaurant, type: connectionType = defaultType } = values;
  if (!isRestaurantId(restaurantId))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurantId)}`);
  if (!isConnectionType(connectionType))
    throw new UsageError(`--type is one of ${connectionTypes.join(', ')}, got ${JSON.stringify(connectionType)}`);
  const visitor: Visitor = { url: urlFrom(values.url), token: tokenFrom(values.token), restaurantId, connectionType };
  const expired = values['expired-token'];

  const [reaching, entering, ...others] = outsideConversations.filter(
    (one) => !one.needsExpiredToken || expired !== undefined,
  );
  if (reaching === undefined || entering === undefined) return 'done';
  const played = new Map([[reaching, await reach(reaching, visitor)]]);
  report(reaching, played.get(reaching));
  played.set(entering, await enter(entering, visitor));
  report(entering, played.get(entering));
  const playing = atOnce(4, byLength(others), (one) =>
    play(one, one.needsExpiredToken && expired ? { ...visitor, token: expired } : visitor, { timeoutMs }),
  );
  for (const one of others) {
    played.set(one, await (playing.get(one) ?? Promise.reject(new Error(`nobody plays "${one.why}"`))));
    report(one, played.get(one));
  }
  for (const { why } of outsideConversations.filter((one) => one.needsExpiredToken && expired === undefined))
    console.log(`left out  ${why} (give --expired-token)`);

  const failed = [...played.values()].filter(({ problems }) => problems.length > 0).length;
  console.log(`\n${played.size - failed} of ${played.size} as they should be.`);
  console.log('\nWhat the platform leaves open:');
  for (const { question, answer } of await observe(visitor, played)) console.log(`  ${question.padEnd(54)}  ${answer}`);
  return failed > 0 ? 'failed' : 'done';
});

/** The first conversation only opens a socket: when it cannot, nothing else can. */
async function reach(conversation: OutsideConversation, visitor: Visitor): Promise<Played> {
  try {
    return await play(conversation, visitor, { timeoutMs: 10_000 });
  } catch (error) {
    throw new FailedError(`${visitor.url} cannot be reached: ${error instanceof Error ? error.message : error}.`);
  }
}

/** The second only enters: whoever may not is refused in all the others, too, and each would say so. */
async function enter(conversation: OutsideConversation, visitor: Visitor): Promise<Played> {
  const played = await play(conversation, visitor, { timeoutMs });
  const isDenied = played.heard.some((frame) => differenceFrom(authError('access_denied'), frame) === undefined);
  if (isDenied)
    throw new RefusedError(
      `The user of this token may not connect to ${visitor.restaurantId} as ${visitor.connectionType}: give a --restaurant and a --type they may have, or the token of somebody who may.`,
    );
  return played;
}

function report({ why }: OutsideConversation, played: Played | undefined): void {
  const problems = played?.problems ?? [];
  console.log(`${problems.length === 0 ? 'ok      ' : 'FAILED  '}  ${why}`);
  for (const problem of problems) console.log(`          ${problem}`);
}

/** Those that wait for a deadline first, so that the others do not wait for them. */
function byLength(conversations: readonly OutsideConversation[]): readonly OutsideConversation[] {
  return conversations.toSorted((a, b) => Number(b.isSlow ?? false) - Number(a.isSlow ?? false));
}

function urlFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--url is missing; see --help');
  if (!URL.canParse(text) || !/^wss?:$/.test(new URL(text).protocol))
    throw new UsageError(`--url begins with wss:// (ws:// on this machine), got ${JSON.stringify(text)}`);
  return text;
}

function tokenFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--token is missing; see --help');
  return text;
}
