import type { Domain } from '../protocol/domain.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';
import { called, FailedError, isPackaged, readArguments, RefusedError, run, UsageError } from './command.ts';
import { atOnce } from './smoke/at-once.ts';
import { type Played, play, type Visitor } from './smoke/conversation.ts';
import { authError, differenceFrom } from './smoke/frames.ts';
import { observe } from './smoke/observations.ts';
import { errorWithoutTokens, withoutTokens } from './smoke/without-tokens.ts';
import { type OutsideConversation, outsideConversations } from './smoke/outside-view.ts';
import { stageDomain } from './stage-domain.ts';
import { readTokenFile } from './token-file.ts';

const defaultRestaurant = 'r-17';

const help = ({
  connectionTypes,
  defaultConnectionType,
}: Domain): string => `Talks to a gateway as its clients do, and says what came instead where it is not what the protocol has.

  ${called('smoke --url wss://… --token-file FILE [--restaurant R] [--type T] [--expired-token-file FILE]')}
  ${called('token chef')} | ${called('smoke --url ws://… --token-file -')}

  --url U                    WebSocket URL of a stage
  --token-file FILE          holds an access token of a member of the restaurant, good for some minutes; "-" reads a pipe
  --restaurant R             its restaurant (default ${defaultRestaurant})
  --type T                   a connection type the member may have: ${connectionTypes.join(', ')} (default ${defaultConnectionType})
${isPackaged ? '' : '  --stage S                  whose configuration says what types there are (default: local)\n'}  --stack NAME               whose configuration, as its app was synthesized last, says what types there are
  --expired-token-file FILE  holds a genuine token that has expired; without it that check is left out
  --token T, --expired-token T
                             the tokens themselves, which then are in the history of the shell and in the list of
                             processes, and without -s in npm's own first line, too

It takes as long as the stage's deadline for authentication, at least. Its refusals are in the audit trail of the stage.
`;

/** The longest deadline a stage may have is 30 s. */
const timeoutMs = 35_000;

await run(async () => {
  const read = readSafely();
  if (read.positionals.length > 0) throw new UsageError('only options are understood, each with its value; see --help');
  const { values } = read;
  const token = await tokenIn('token', values.token, values['token-file']);
  const expired = await tokenIn('expired-token', values['expired-token'], values['expired-token-file']);
  if ((values.token ?? values['expired-token']) !== undefined && hasNpmPrintedIt())
    console.error('npm has printed the token in its first line: with -s it does not, and with --token-file it cannot.');
  const clean = withoutTokens([token ?? '', expired ?? '']);
  try {
    return await smoke({ ...values, token, expired }, (line) => console.log(clean(line)));
  } catch (error) {
    throw errorWithoutTokens(error, clean);
  }
});

/** What npm begins with is the whole command, unless it was told to be silent. */
function hasNpmPrintedIt(): boolean {
  return process.env['npm_lifecycle_event'] === 'smoke' && process.env['npm_config_loglevel'] !== 'silent';
}

/** What is not understood may be a token in the wrong place. */
function readSafely() {
  try {
    return readArguments((asked) => help(stageDomain(asked)), {
      url: { type: 'string' },
      token: { type: 'string' },
      'token-file': { type: 'string' },
      restaurant: { type: 'string' },
      type: { type: 'string' },
      stage: { type: 'string' },
      stack: { type: 'string', multiple: true },
      'expired-token': { type: 'string' },
      'expired-token-file': { type: 'string' },
    });
  } catch (error) {
    throw errorWithoutTokens(error, withoutTokens([]));
  }
}

async function tokenIn(
  option: 'token' | 'expired-token',
  said: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return said;
  if (said !== undefined) throw new UsageError(`say --${option} or --${option}-file, one of them; see --help`);
  return (await readTokenFile(file, `--${option}-file`)).trim();
}

type Asked = Readonly<
  Partial<Record<'url' | 'token' | 'restaurant' | 'type' | 'stage' | 'expired', string | undefined>> & {
    stack?: readonly string[];
  }
>;

async function smoke(asked: Asked, say: (line: string) => void): Promise<'done' | 'failed'> {
  const url = urlFrom(asked.url);
  const isOfStacks = (asked.stage ?? asked.stack) !== undefined;
  const domain = stageDomain(isOfStacks ? { stage: asked.stage, stack: asked.stack } : { port: new URL(url).port });
  const {
    restaurant: restaurantId = defaultRestaurant,
    type: connectionType = domain.defaultConnectionType,
    expired,
  } = asked;
  if (!isRestaurantId(restaurantId))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurantId)}`);
  if (!domain.isConnectionType(connectionType))
    throw new UsageError(
      `--type is one of ${domain.connectionTypes.join(', ')}, got ${JSON.stringify(connectionType)}`,
    );
  const visitor: Visitor = { url, token: tokenFrom(asked.token), restaurantId, connectionType };

  const [reaching, entering, ...others] = outsideConversations.filter(
    (one) => !one.needsExpiredToken || expired !== undefined,
  );
  if (reaching === undefined || entering === undefined) return 'done';
  const played = new Map([[reaching, await reach(reaching, visitor)]]);
  for (const line of linesOf(reaching, played.get(reaching))) say(line);
  played.set(entering, await enter(entering, visitor));
  for (const line of linesOf(entering, played.get(entering))) say(line);
  const playing = atOnce(4, byLength(others), (one) =>
    play(one, one.needsExpiredToken && expired ? { ...visitor, token: expired } : visitor, { timeoutMs }),
  );
  for (const one of others) {
    played.set(one, await (playing.get(one) ?? Promise.reject(new Error(`nobody plays "${one.why}"`))));
    for (const line of linesOf(one, played.get(one))) say(line);
  }
  for (const { why } of outsideConversations.filter((one) => one.needsExpiredToken && expired === undefined))
    say(`left out  ${why} (give --expired-token-file)`);

  const failed = [...played.values()].filter(({ problems }) => problems.length > 0).length;
  say(`\n${played.size - failed} of ${played.size} as they should be.`);
  say('\nWhat the platform leaves open:');
  for (const { question, answer } of await observe(visitor, played)) say(`  ${question.padEnd(54)}  ${answer}`);
  return failed > 0 ? 'failed' : 'done';
}

/** The first conversation only opens a socket: when it cannot, nothing else can. */
async function reach(conversation: OutsideConversation, visitor: Visitor): Promise<Played> {
  try {
    return await play(conversation, visitor, { timeoutMs: 10_000 });
  } catch (error) {
    throw new FailedError(
      `${placeOf(visitor.url)} cannot be reached: ${error instanceof Error ? error.message : error}.`,
    );
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

function linesOf({ why }: OutsideConversation, played: Played | undefined): readonly string[] {
  const problems = played?.problems ?? [];
  return [
    `${problems.length === 0 ? 'ok      ' : 'FAILED  '}  ${why}`,
    ...problems.map((problem) => `          ${problem}`),
  ];
}

/** Apps of old had their token in the query. */
function placeOf(url: string): string {
  return url.split('?')[0] ?? url;
}

/** Those that wait for a deadline first, so that the others do not wait for them. */
function byLength(conversations: readonly OutsideConversation[]): readonly OutsideConversation[] {
  return conversations.toSorted((a, b) => Number(b.isSlow ?? false) - Number(a.isSlow ?? false));
}

function urlFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--url is missing; see --help');
  if (!URL.canParse(text) || !/^wss?:$/.test(new URL(text).protocol))
    throw new UsageError(`--url begins with wss:// (ws:// on this machine), got ${JSON.stringify(placeOf(text))}`);
  return text;
}

function tokenFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--token-file is missing; see --help');
  return text;
}
