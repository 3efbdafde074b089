import type { BusEvent } from './engines/event-bus.ts';
import type { Posting } from './outbox-trail.ts';

/** What the person at the gateway should know of a webhook. */
export type WebhookEvent =
  /** Nobody answers there, or not in time; told once until somebody does. */
  | { readonly state: 'unreachable'; readonly error: string }
  | { readonly state: 'reachable' }
  /** An event that is not posted again. */
  | { readonly state: 'dropped'; readonly detailType: string; readonly why: DropReason };

/** What was answered, or that there were too many tries or too many events. */
export type DropReason = { readonly status: number } | 'tries' | 'crowded';

/** Posts events to an HTTP endpoint of this machine, as an API destination of a bus does, until it is closed. */
export type Webhook = {
  readonly deliver: (event: BusEvent, onPosting: (posting: Posting) => void) => void;
  readonly close: () => void;
};

type Parts = {
  readonly url: string;
  /** Beside those that each post has. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onEvent: (event: WebhookEvent) => void;
  /** @default the pauses below */
  readonly pauseMs?: (attempts: number) => number;
};

type Waiting = {
  readonly event: BusEvent;
  readonly onPosting: (posting: Posting) => void;
  attempts: number;
};

/** EventBridge gives an endpoint so long. */
const timeoutMs = 5_000;

/** EventBridge's number, over 24 hours; with the pauses below, one and a half. */
const maxAttempts = 185;

/** More than these are not kept for an endpoint that is down: the oldest goes. */
const maxWaiting = 1_000;

const atOnce = 4;

/** Exponential, half a second first, half a minute at most. */
const pauseMsAfter = (attempts: number): number => Math.min(30_000, 500 * 2 ** Math.min(attempts - 1, 10));

const ownHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
};

export type Verdict = 'delivered' | 'again' | 'dropped';

/** What EventBridge does with an event by the status that its endpoint answered. */
export const verdictOf = (status: number): Verdict => {
  if (status >= 500 || [401, 407, 409, 429].includes(status)) return 'again';
  return status >= 200 && status < 300 ? 'delivered' : 'dropped';
};

/** An event may be posted more than once, and not in order: a bus promises neither. */
export const createWebhook = ({ url, headers = {}, onEvent, pauseMs = pauseMsAfter }: Parts): Webhook => {
  const ending = new AbortController();
  /** To be posted as soon as there is room. */
  const due: Waiting[] = [];
  const pausing = new Map<Waiting, NodeJS.Timeout>();
  let posting = 0;
  let isReachable = true;

  const told = (can: boolean, error = ''): void => {
    if (can === isReachable) return;
    isReachable = can;
    onEvent(can ? { state: 'reachable' } : { state: 'unreachable', error });
  };

  const drop = ({ event }: Waiting, why: DropReason): void =>
    onEvent({ state: 'dropped', detailType: event['detail-type'], why });

  const add = (one: Waiting): void => {
    due.push(one);
    while (due.length + pausing.size > maxWaiting) {
      const [oldest = due.shift()] = pausing.keys();
      if (oldest === undefined) break;
      clearTimeout(pausing.get(oldest));
      pausing.delete(oldest);
      drop(oldest, 'crowded');
    }
    postDue();
  };

  const postDue = (): void => {
    while (posting < atOnce && !ending.signal.aborted) {
      const next = due.shift();
      if (next === undefined) return;
      posting += 1;
      void post(next).finally(() => {
        posting -= 1;
        postDue();
      });
    }
  };

  const post = async (one: Waiting): Promise<void> => {
    const startedMs = performance.now();
    const answered = await statusOf(one.event);
    if (ending.signal.aborted) return;
    one.attempts += 1;
    const ms = Math.round(performance.now() - startedMs);
    one.onPosting({ ...(typeof answered === 'number' ? { status: answered } : {}), ms, attempts: one.attempts });
    if (typeof answered === 'string') {
      told(false, answered);
      return postAgain(one);
    }
    told(true);
    const verdict = verdictOf(answered);
    switch (verdict) {
      case 'delivered':
        return;
      case 'dropped':
        return drop(one, { status: answered });
      case 'again':
        return postAgain(one);
      default:
        return verdict satisfies never;
    }
  };

  const postAgain = (one: Waiting): void => {
    if (one.attempts >= maxAttempts) {
      drop(one, 'tries');
      return;
    }
    const timer = setTimeout(() => {
      pausing.delete(one);
      add(one);
    }, pauseMs(one.attempts)).unref();
    pausing.set(one, timer);
  };

  /** The status, or why there is none. */
  const statusOf = async (event: BusEvent): Promise<number | string> => {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, ...ownHeaders },
        body: JSON.stringify(event),
        redirect: 'manual',
        signal,
      });
      await answer.body?.cancel();
      return answer.status;
    } catch (error) {
      return reasonOf(error);
    }
  };

  return {
    deliver: (event, onPosting) => add({ event, onPosting, attempts: 0 }),
    close: () => {
      ending.abort();
      for (const timer of pausing.values()) clearTimeout(timer);
    },
  };
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
