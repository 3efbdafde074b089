/** What a soak must come to, judged from what clients and tables say: nothing here asks the product. */
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { isConnectionType } from '../restaurant-domain.ts';

/** A publication that was answered `accepted`, or taken by the queue. `mark` is in its data and is nobody else's. */
export type Accepted = Readonly<{ mark: string; restaurantId: string; type: string }>;

export type Heard = Readonly<{ mark: string; seq: number; restaurantId: string; type: string }>;

export type Listener = Readonly<{
  name: string;
  restaurantId: string;
  connectionType: ConnectionType;
  /** `whole`: the SDK, which heals what it missed. `bare`: a socket that takes what comes. */
  kind: 'whole' | 'bare';
  heard: readonly Heard[];
  /** What no listener of a soak may ever be told: that it ended, that events are lost, that it was late. */
  complaints: readonly string[];
}>;

/** A connection as its client knows it, by the user agent that it gave. */
export type Attempt = Readonly<{ agent: string; kind: string; answer: string | undefined; events: readonly string[] }>;

/** A session as its client knows it. */
export type Session = Readonly<{ connectionId: string; wasCutByKill: boolean }>;

export type AuditItem = Readonly<{ kind: string; event: string; connectionId: string; agent: string | undefined }>;

export type Sample = Readonly<{ atMs: number; heapMb: number; handles: number }>;

export type Row = Readonly<{ what: string; tried: number; wrong: readonly string[]; figures?: string }>;

/** Which connection types hear an event of a type; what is published here has no others. */
export const audiences: Readonly<Record<string, readonly ConnectionType[]>> = {
  'order.created': ['pos', 'kitchen'],
  'order.status_changed': ['pos', 'kitchen'],
  'payment.completed': ['pos'],
  'menu.updated': ['pos', 'kitchen'],
};

export const judgeDeliveries = (accepted: readonly Accepted[], listeners: readonly Listener[]): readonly Row[] => {
  const whole = listeners.filter(({ kind }) => kind === 'whole');
  const due = whole.flatMap((listener) => {
    const heard = new Set(listener.heard.map(({ mark }) => mark));
    return accepted.filter((one) => isDue(one, listener)).map((one) => ({ listener, one, came: heard.has(one.mark) }));
  });
  const all = listeners.flatMap((listener) => listener.heard.map((one) => ({ listener, one })));
  return [
    {
      what: 'accepted events at each client they are for',
      tried: due.length,
      wrong: due.filter(({ came }) => !came).map(({ listener, one }) => `${one.mark} not at ${listener.name}`),
    },
    {
      what: 'each once, and in its order',
      tried: whole.reduce((sum, { heard }) => sum + heard.length, 0),
      wrong: whole.flatMap(({ name, heard }) =>
        heard.flatMap(({ mark, seq }, i) => (seq > (heard[i - 1]?.seq ?? 0) ? [] : [`${mark} again at ${name}`])),
      ),
    },
    {
      what: 'one number an event, whoever hears it',
      tried: all.length,
      wrong: doubleNumbers(all.map(({ one }) => one)),
    },
    {
      what: 'nothing of another restaurant, nothing for others',
      tried: all.length,
      wrong: all
        .filter(({ listener, one }) => !isDue(one, listener))
        .map(({ listener, one }) => `${one.mark} of ${one.restaurantId} at ${listener.name}`),
    },
    {
      what: 'clients that were told nothing they should not be told',
      tried: listeners.length,
      wrong: listeners.flatMap(({ name, complaints }) => complaints.map((one) => `${name}: ${one}`)),
    },
  ];
};

const isDue = (
  { restaurantId, type }: Pick<Accepted, 'restaurantId' | 'type'>,
  listener: Pick<Listener, 'restaurantId' | 'connectionType'>,
): boolean =>
  restaurantId === listener.restaurantId &&
  isConnectionType(listener.connectionType) &&
  audiences[type]?.includes(listener.connectionType) === true;

/** Marks that were heard under several numbers, and numbers of a restaurant under which several marks were heard. */
const doubleNumbers = (heard: readonly Heard[]): readonly string[] => {
  const seqOf = new Map<string, number>();
  const markOf = new Map<string, string>();
  return heard.flatMap(({ mark, seq, restaurantId }) => {
    const place = `${restaurantId}#${seq}`;
    const isDouble = (seqOf.get(mark) ?? seq) !== seq || (markOf.get(place) ?? mark) !== mark;
    seqOf.set(mark, seq);
    markOf.set(place, mark);
    return isDouble ? [`${mark} is ${place}`] : [];
  });
};

export const judgeRecords = (
  audit: readonly AuditItem[],
  sessions: readonly Session[],
  attempts: readonly Attempt[],
): readonly Row[] => {
  const answered = attempts.filter(({ answer }) => answer !== undefined);
  const countOf = (kind: string, is: (item: AuditItem) => boolean): number =>
    audit.filter((item) => item.kind === kind && is(item)).length;
  const ofConnection = groupedBy(audit, ({ connectionId }) => connectionId);
  const ofAgent = groupedBy(audit, ({ agent = '' }) => agent);
  const attemptsIn = (items: readonly AuditItem[] = []) => items.filter(({ kind }) => kind === 'attempt');
  return [
    {
      what: 'sessions with one grant',
      tried: sessions.length,
      wrong: sessions.flatMap(({ connectionId }) => {
        const events = attemptsIn(ofConnection.get(connectionId)).map(({ event }) => event);
        return String(events) === 'access_granted' ? [] : [`${connectionId}: ${events.join(', ') || 'none'}`];
      }),
    },
    {
      what: 'sessions with one end, but those that a kill cut',
      tried: sessions.filter(({ wasCutByKill }) => !wasCutByKill).length,
      wrong: sessions.flatMap(({ connectionId, wasCutByKill }) => {
        const ends = (ofConnection.get(connectionId) ?? []).filter(({ kind }) => kind === 'end').length;
        return ends === 1 || (wasCutByKill && ends === 0) ? [] : [`${connectionId}: ${ends}`];
      }),
    },
    {
      what: 'refused attempts with one record, of what it was',
      tried: answered.length,
      wrong: answered.flatMap(({ agent, kind, answer, events }) => {
        const recorded = attemptsIn(ofAgent.get(agent)).map(({ event }) => event);
        const isRight = recorded.length === 1 && (answer === 'unavailable' || events.includes(recorded[0] ?? ''));
        return isRight ? [] : [`${kind}, told ${answer}: ${recorded.join(', ') || 'none'}`];
      }),
    },
    {
      what: 'attempts never recorded twice',
      tried: countOf('attempt', () => true),
      wrong: [...ofConnection].flatMap(([connectionId, items]) => (attemptsIn(items).length > 1 ? [connectionId] : [])),
    },
  ];
};

const groupedBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

const warmMs = 20_000;
const heapMbAMinute = 5;
const moreHandles = 20;

/** A gateway that has run for long enough to be warm neither grows from minute to minute nor opens more and more. */
export const judgeSize = (samples: readonly Sample[]): Row => {
  const [first] = samples;
  const warm = samples.filter(({ atMs }) => atMs - (first?.atMs ?? 0) >= warmMs);
  const [from, to] = [warm[0], warm.at(-1)];
  const what = 'a heap and handles that do not grow';
  if (from === undefined || to === undefined || to.atMs - from.atMs < warmMs)
    return { what, tried: warm.length, wrong: ['the gateway did not run for long enough'] };
  const grownMb =
    middle(warm.slice(-3).map(({ heapMb }) => heapMb)) - middle(warm.slice(0, 3).map(({ heapMb }) => heapMb));
  const slope = grownMb / ((to.atMs - from.atMs) / 60_000);
  return {
    what,
    tried: warm.length,
    figures: `heap ${from.heapMb.toFixed(1)} to ${to.heapMb.toFixed(1)} MB, handles ${from.handles} to ${to.handles}`,
    wrong: [
      ...(slope > heapMbAMinute && grownMb > heapMbAMinute ? [`heap: ${slope.toFixed(1)} MB a minute`] : []),
      ...(to.handles > from.handles + moreHandles ? [`handles: ${from.handles} to ${to.handles}`] : []),
    ],
  };
};

const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
