/** The thin shell: it owns the sockets, the timer, the token requests and the handlers, and leaves every decision to the machine. */
import type { MaitredClient, Published, Publishing } from './client.ts';
import { clientState } from './client-state.ts';
import { PublishError, WhoError } from './errors.ts';
import type { Cursor, Gap, RestaurantEvent } from './events.ts';
import { createHandlers } from './handlers.ts';
import { dueAt, transition } from './machine.ts';
import { parseServerMessage } from './messages.ts';
import { type ConnectOptions, settingsOf, urlOf } from './options.ts';
import type { KeptPublication, Outbox, Settled } from './outbox-state.ts';
import { type Pending, pendingOf } from './pending.ts';
import { globals, newId, steadyClock } from './platform.ts';
import { publicationOf } from './publication.ts';
import { passHolder } from './reentry.ts';
import { listen } from './signals.ts';
import { openSocket } from './socket.ts';
import { type Effect, type End, type Input, initialState, type TokenAnswer, type TokenReason } from './state.ts';
import { type TraceDetail, withoutToken } from './trace.ts';
import type { Told } from './who-state.ts';

/** `setTimeout` counts in 32 bits: more than this is no time at all. */
const longestTimerMs = 2 ** 31 - 1;

/** A storage that takes longer must not keep the device from connecting. */
const storageTimeoutMs = 1_000;
/** Without its cursor it would begin somewhere else. */
const cursorTimeoutMs = 5_000;

const tokenOf = (text: unknown): string => {
  if (typeof text === 'string' && text !== '') return text;
  throw new TypeError('The token provider gave no text.');
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Waiting = Readonly<{ kept: () => void; settle: (result: Settled['result']) => void }>;

/** Connects, and stays connected. Throws a `TypeError` for options that cannot work; everything later is told by `onState` and `onEnd`. */
export const connect = (options: ConnectOptions): MaitredClient => {
  const settings = settingsOf(options);
  const WebSocket = options.WebSocket ?? globals.WebSocket;
  if (WebSocket === undefined) throw new TypeError('Expected a WebSocket: there is no global one');
  const timers = options.timers ?? globals.timers;
  const now = steadyClock(options.now ?? Date.now);
  const random = options.random ?? Math.random;
  const report = (error: unknown): void => {
    try {
      (options.onError ?? globals.report)(error);
    } catch {
      // A reporter that fails has nobody to be reported to.
    }
  };
  const publishTimeoutMs = options.publishTimeoutMs ?? 300_000;

  const { storage } = options;
  const keepsCursor = options.cursor === 'stored';
  const place = `${settings.restaurantId}.${settings.connectionType}`;
  const stored = (publications: readonly KeptPublication[]) => put({ kind: 'stored', publications });
  const kept = storage?.keep({ timers, report, stored }, place);
  const pass = passHolder(storage, `maitred.pass.${settings.restaurantId}`, report);

  let cursor = options.cursor === 'stored' ? undefined : options.cursor;
  let state = initialState(settings, cursor);
  let shown = clientState(state);
  let pending: readonly Pending[] = [];
  let pendingIn: Outbox = state.outbox;
  let timer: unknown;
  const inputs: Input[] = [];
  let isStepping = false;
  let isClosed = false;
  /** Those that are wanted; one whose address is being asked for is not there yet. */
  const sockets = new Map<number, ReturnType<typeof openSocket> | undefined>();
  const publications = new Map<string, Publishing>();
  const waiting = new Map<string, Waiting>();
  const askers: ((told: Told) => void)[] = [];
  const states = createHandlers<typeof shown>(report);
  const events = createHandlers<RestaurantEvent>(report);
  const gaps = createHandlers<Gap>(report);
  const cursors = createHandlers<Cursor>(report);
  const ends = createHandlers<End>(report);
  const returns = createHandlers<Pending>(report);
  const pendings = createHandlers<readonly Pending[]>(report);

  /** One input at a time: what handlers and effects put in waits for its turn. */
  const put = (input: Input): void => {
    inputs.push(input);
    if (isStepping) return;
    isStepping = true;
    try {
      for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
        const [after, effects] = transition(state, next, { now: now(), random: random() });
        state = after;
        notice();
        for (const effect of effects) perform(effect);
        show();
      }
    } catch (error) {
      giveUp(error);
    }
    isStepping = false;
    setTimer();
  };

  /** A bug of ours, or a clock or source of randomness that throws. Whoever looks is told, instead of reading `connected` for ever. */
  const giveUp = (error: unknown): void => {
    report(error);
    inputs.length = 0;
    for (const socket of sockets.values()) socket?.close();
    sockets.clear();
    const wasOver = state.end !== undefined;
    const failed: End = { why: 'internal_error', error: messageOf(error) };
    state = { ...state, attempt: undefined, session: undefined, old: undefined, outbox: [], end: state.end ?? failed };
    for (const { settle } of waiting.values()) settle({ code: 'ended', reason: 'ended' });
    waiting.clear();
    tellWho({ code: 'not_connected' });
    publications.clear();
    if (!wasOver) end(failed);
  };

  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'ask_token':
        askToken(effect.request, effect.why);
        return;
      case 'open':
        open(effect.socketId);
        return;
      case 'send':
        trace(effect.socketId, { kind: 'sent', text: effect.text });
        sockets.get(effect.socketId)?.send(effect.text);
        return;
      case 'close':
        if (sockets.has(effect.socketId)) trace(effect.socketId, { kind: 'dropped' });
        sockets.get(effect.socketId)?.close();
        sockets.delete(effect.socketId);
        return;
      case 'deliver':
        // A handler may have closed the client meanwhile.
        if (isClosed) return;
        moveTo({ epoch: effect.event.epoch, seq: effect.event.seq }, events.call(effect.event.type, effect.event));
        return;
      case 'gap':
        moveTo(effect.gap.cursor, gaps.call('*', effect.gap));
        return;
      case 'cursor':
        moveTo(effect.cursor);
        return;
      case 'returned':
        for (const one of pending) if (one.id === effect.id) void returns.call('*', one);
        return;
      case 'settle':
        waiting.get(effect.id)?.settle(effect.result);
        waiting.delete(effect.id);
        publications.delete(effect.id);
        return;
      case 'present':
        tellWho(effect.told);
        return;
      case 'end':
        end(effect.end);
        return;
    }
  };

  const askToken = (request: number, why: TokenReason): void => {
    const answer = (given: TokenAnswer) => put({ kind: 'token', request, answer: given });
    const ask = async () => tokenOf(await options.getToken(why));
    ask().then(
      (text) => answer({ text }),
      (error: unknown) => answer({ problem: messageOf(error) }),
    );
  };

  const open = (socketId: number): void => {
    const { url } = options;
    if (typeof url !== 'function') {
      openAt(socketId, url);
      return;
    }
    sockets.set(socketId, undefined);
    const ask = async () => urlOf(await url());
    ask().then(
      (address) => sockets.has(socketId) && openAt(socketId, address),
      (error: unknown) =>
        sockets.delete(socketId) && put({ kind: 'closed', socketId, code: undefined, problem: messageOf(error) }),
    );
  };

  const openAt = (socketId: number, url: string): void => {
    trace(socketId, { kind: 'opening' });
    const socket = openSocket(WebSocket, url, pass.protocols(), (event) => {
      if (!sockets.has(socketId)) {
        // Given up while it was opening; Android opens it all the same, and the gateway would wait for a first message.
        if (event.kind === 'open') socket.close();
        return;
      }
      trace(socketId, event);
      if (event.kind === 'closed') sockets.delete(socketId);
      if (event.kind !== 'received') return put({ ...event, socketId });
      const message = parseServerMessage(event.text);
      if (message.kind === 'auth_success') pass.keep(message.identity.userId, message.pass);
      put({ kind: 'received', socketId, message });
    });
    sockets.set(socketId, socket);
  };

  let handledSoFar: Promise<unknown> = Promise.resolve();
  /** Everything up to here was handed out, and, where that is asked for, has been handled. */
  const moveTo = (to: Cursor, handled?: Promise<unknown>): void => {
    const move = () => {
      cursor = to;
      notice();
      void cursors.call('*', to);
    };
    if (options.cursorAfter === 'settled')
      handledSoFar = handledSoFar
        .then(() => handled)
        .then(() => {
          if (!isClosed) move();
        });
    else move();
  };

  const publish = (type: string, data: unknown, id: string, timeoutMs: number): Publishing => {
    let noteKept = () => {};
    const keeps = new Promise<void>((resolve) => {
      noteKept = resolve;
    });
    const published = new Promise<Published>((resolve, reject) => {
      const publication = publicationOf(type, data, { id, since: now(), timeoutMs });
      waiting.set(id, {
        kept: noteKept,
        settle: (result) => {
          if ('eventId' in result) resolve({ id, eventId: result.eventId });
          else reject(new PublishError(result.code, id, result));
        },
      });
      put({ kind: 'publish', publication });
    });
    const safe = Promise.race([keeps, published.then(() => undefined)]);
    const publishing = Object.assign(published, { id, kept: safe });
    if (waiting.has(id)) publications.set(id, publishing);
    // Nobody has to listen: a rejection without a handler must not end the process.
    published.catch(() => undefined);
    safe.catch(() => undefined);
    return publishing;
  };

  const tellWho = (told: Told): void => {
    for (const tell of askers.splice(0)) tell(told);
  };

  const end = (why: End): void => {
    stopListening();
    kept?.close();
    show();
    void ends.call('*', why);
  };

  /** Tells what became of the outbox, and has it kept. */
  const notice = (): void => {
    if (pendingIn !== state.outbox) {
      pendingIn = state.outbox;
      pending = state.outbox.map(pendingOf);
      for (const { id, isKept } of pending) if (isKept) waiting.get(id)?.kept();
      void pendings.call('*', pending);
    }
    kept?.see(state, keepsCursor ? cursor : undefined);
  };

  const show = (): void => {
    const view = clientState(state);
    if (JSON.stringify(view) === JSON.stringify(shown)) return;
    shown = view;
    void states.call('*', view);
  };

  const setTimer = (): void => {
    timers.clearTimeout(timer);
    const due = dueAt(state);
    if (due !== undefined)
      timer = timers.setTimeout(() => put({ kind: 'time' }), Math.min(longestTimerMs, Math.max(0, due - now())));
  };

  const trace = (connection: number, detail: TraceDetail): void => {
    try {
      options.trace?.({ ...withoutToken(detail), at: now(), connection });
    } catch (error) {
      report(error);
    }
  };

  const stopListening = listen(
    options.signals ?? {},
    (signal) => put({ kind: 'signal', signal }),
    (name) => put({ kind: 'network', name }),
  );
  const findCursor = async (): Promise<void> => {
    const place = keepsCursor ? (await kept?.read())?.cursor : undefined;
    if (!place) return;
    cursor ??= { epoch: place.epoch, seq: place.seq };
    put({ kind: 'restored', publications: [], cursor: place });
  };
  const restore = async (): Promise<void> => {
    const found = await kept?.load();
    if (found) put({ kind: 'restored', publications: found.publications, silences: found.silences });
  };
  const ready = async (): Promise<void> => {
    if (!storage) return;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = timers.setTimeout(resolve, keepsCursor ? cursorTimeoutMs : storageTimeoutMs);
    });
    const cursorFound = findCursor().catch(report);
    cursorFound.then(restore).catch(report);
    await Promise.race([Promise.all([cursorFound, pass.load().catch(report)]), late]);
    timers.clearTimeout(timer);
  };
  // Later, so that the caller's handlers are there first.
  ready()
    .then(() => put({ kind: 'start' }))
    .catch(report);

  return {
    get state() {
      return shown;
    },
    get cursor() {
      return cursor;
    },
    onState: (handler) => states.add('*', handler),
    on: (type: string, handler: (event: never) => unknown) =>
      events.add(type, handler as (event: RestaurantEvent) => unknown),
    onGap: (handler) => gaps.add('*', handler),
    onCursor: (handler) => cursors.add('*', handler),
    onEnd: (handler) => {
      if (state.end !== undefined) ends.later(handler, state.end);
      return ends.add('*', handler);
    },
    publish: (type, data, { id = newId(now(), random), timeoutMs = publishTimeoutMs } = {}) =>
      publications.get(id) ?? publish(type, data, id, timeoutMs),
    who: () =>
      new Promise((resolve, reject) => {
        askers.push((told) => ('code' in told ? reject(new WhoError(told.code)) : resolve(told.sessions)));
        put({ kind: 'who' });
      }),
    get pending() {
      return pending;
    },
    onPending: (handler) => pendings.add('*', handler),
    onReturned: (handler) => {
      for (const one of pending) if (one.returned) returns.later(handler, one);
      return returns.add('*', handler);
    },
    discard: (id) => put({ kind: 'discard', id }),
    close: () => {
      isClosed = true;
      put({ kind: 'close' });
    },
  };
};
