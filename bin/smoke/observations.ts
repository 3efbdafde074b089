/** What the platform's documentation leaves open, observed from outside: nothing here is right or wrong. */
import { type Client, connect } from './client.ts';
import { endedCode, type Played, type Visitor } from './conversation.ts';
import { hello } from './messages.ts';
import type { OutsideConversation } from './outside-view.ts';

export type Observation = Readonly<{ question: string; answer: string }>;

const rounds = 10;

/** Looks at conversations that were played, and has two of its own. */
export const observe = async (
  visitor: Visitor,
  played: ReadonlyMap<OutsideConversation, Played>,
): Promise<readonly Observation[]> => {
  const ended = [...played].filter(([{ end }]) => end === 'ended').map(([, one]) => one);
  const closed = ended.flatMap(({ closeCode }) => (closeCode === undefined ? [] : [closeCode]));
  const inTime = ended.filter(({ isComplete }) => isComplete).length;
  return [
    { question: 'close code after the gateway ended a connection', answer: counted(closed) },
    { question: 'the last message came before the close', answer: `${inTime} of ${ended.length} times` },
    { question: 'two messages sent back to back were answered in order', answer: await orderOfReplies(visitor) },
    { question: 'an answer without a body', answer: await answerWithoutBody(visitor) },
  ];
};

const counted = (codes: readonly number[]): string => {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const parts = [...counts].map(([code, count]) => `${code} (${count} times)`);
  return parts.length === 0 ? 'not seen' : `${parts.join(', ')}; ${endedCode} locally`;
};

const noSession = 'not seen: there was no session';

/** A client with a session; undefined when it was refused. */
const enter = async (visitor: Visitor): Promise<Client | undefined> => {
  const client = await connect(visitor.url);
  client.send(hello(visitor));
  if (fieldOf(await client.next(), 'type') === 'auth_success') return client;
  client.drop();
  return undefined;
};

const orderOfReplies = async (visitor: Visitor): Promise<string> => {
  const client = await enter(visitor);
  if (client === undefined) return noSession;
  let inOrder = 0;
  for (let round = 0; round < rounds; round++) {
    for (const id of ['first', 'second']) client.send({ type: 'smoke', id });
    const [one, two] = [await client.next(), await client.next()];
    if (fieldOf(one, 'id') === 'first' && fieldOf(two, 'id') === 'second') inOrder += 1;
  }
  await client.leave();
  return `${inOrder} of ${rounds} times`;
};

/** While the first authenticate is being decided, others are handled and not answered. */
const answerWithoutBody = async (visitor: Visitor): Promise<string> => {
  const client = await connect(visitor.url);
  for (let i = 0; i < rounds; i++) client.send(hello(visitor));
  if (fieldOf(await client.next(), 'type') !== 'auth_success') {
    client.drop();
    return noSession;
  }
  client.send({ type: 'ping' });
  let answers = 1;
  while (fieldOf(await client.next(), 'type') !== 'pong') answers += 1;
  await client.leave();
  if (client.emptyFrames() > 0) return `sends an empty frame (${client.emptyFrames()} came)`;
  return answers < rounds ? 'sends nothing' : 'not seen: every message was answered';
};

/** What a frame says; undefined where it is no JSON object, whose text an error of the parser would quote. */
const fieldOf = (frame: string, name: string): unknown => {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
};
