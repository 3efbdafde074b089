/** A conversation as data: what a client says, what it must hear, how it ends; and how one is played over a real socket. */
import { type Client, type ClientOptions, connect, type Said } from './client.ts';
import { differenceFrom, type ExpectedFrame } from './frames.ts';

/** Who talks. */
export type Visitor = Readonly<{ url: string; token: string; restaurantId: string; connectionType: string }>;

/** Says something, then waits for the answer; without `hear` it does not wait. */
export type Turn = Readonly<{
  /** Done and waited for before anything is said. */
  first?: () => Promise<unknown>;
  say?: Said;
  /** Sends `say` as text in frames of so many bytes. */
  inFramesOf?: number;
  hear?: ExpectedFrame;
}>;

/** How it ends: the socket stays open, the gateway ends the connection, or the platform closes it with a code of its own. */
export type Ending = 'open' | 'ended' | 1003 | 1007 | 1009;

export type Conversation<V extends Visitor = Visitor> = Readonly<{
  why: string;
  query?: Readonly<Record<string, string>> | ((visitor: V) => Readonly<Record<string, string>>);
  protocols?: readonly string[];
  /** What the gateway chooses of `protocols`. */
  subprotocol?: string;
  turns: (visitor: V) => readonly Turn[] | Promise<readonly Turn[]>;
  end: Ending;
}>;

/** What came of it. `problems` is empty when every frame and the end were as they should be. */
export type Played = Readonly<{
  problems: readonly string[];
  /** The frames that were awaited, as they came. */
  heard: readonly string[];
  /** All frames that were awaited have come, right or wrong. */
  isComplete: boolean;
  /** The code of the close; undefined when the socket was open at the end and the client left. */
  closeCode: number | undefined;
}>;

/** What the platform says when the gateway ends a connection; elsewhere than on this machine it may be another. */
export const endedCode = 1000;

/**
 * Plays a conversation to its end. Frames that nobody awaited are problems, also those that come just before the close.
 * `beforeLeaving` is called at an open end, while the socket is still open.
 */
export const play = async <V extends Visitor>(
  conversation: Conversation<V>,
  visitor: V,
  options: ClientOptions = {},
  beforeLeaving: () => Promise<void> = async () => {},
): Promise<Played> => {
  const { query = {}, protocols = [], subprotocol = '', end } = conversation;
  const client = await connect(visitor.url, {
    ...options,
    query: typeof query === 'function' ? query(visitor) : query,
    protocols,
  });
  const problems: string[] = [];
  const heard: string[] = [];
  let closeCode: number | undefined;
  let isComplete = false;
  if (client.subprotocol !== subprotocol) problems.push(`the subprotocol is "${client.subprotocol}"`);
  try {
    for (const turn of await conversation.turns(visitor)) {
      const frame = await take(client, turn);
      if (frame === undefined || turn.hear === undefined) continue;
      heard.push(frame);
      problems.push(...listed(differenceFrom(turn.hear, frame)));
    }
    isComplete = true;
    if (end === 'open') {
      await beforeLeaving();
      if (!client.isOpen()) problems.push('the socket was closed');
      await client.leave();
    } else {
      closeCode = await client.closed();
      if (end !== 'ended' && closeCode !== end)
        problems.push(`the socket was closed with ${closeCode} instead of ${end}`);
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    client.drop();
  }
  problems.push(...client.untaken().map((frame) => `nobody awaited ${frame}`));
  return { problems, heard, isComplete, closeCode };
};

const take = async (client: Client, { first, say, inFramesOf, hear }: Turn): Promise<string | undefined> => {
  await first?.();
  if ((typeof say === 'string' || Buffer.isBuffer(say)) && inFramesOf !== undefined)
    client.sendInFrames(say, inFramesOf);
  else if (say !== undefined) client.send(say);
  return hear === undefined ? undefined : client.next();
};

const listed = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
