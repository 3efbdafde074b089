/**
 * A gateway in memory, for a fake clock: it keeps the protocol, and a test makes it silent, slow or lying where it wants
 * to. Tokens are texts of the form `<name>@<epoch ms of expiry>`.
 */
import type { SocketConstructor } from '../../client/src/index.ts';
import type { Clock } from './clock.ts';

type Fields = Record<string, unknown>;

/** One connection, seen from the gateway's side. */
export type Caller = {
  readonly number: number;
  readonly openedAt: number;
  /** The subprotocols it offered. */
  readonly offered: readonly string[];
  status: 'opening' | 'open' | 'authenticated' | 'closed';
  /** `dead`: the network is gone under it, nothing arrives in either direction and nobody is told. */
  line: 'alive' | 'dead';
  expiresAt: number;
  /** Every message of the client that arrived. */
  readonly heard: Fields[];
  readonly send: (frame: unknown) => void;
  readonly close: (code?: number) => void;
};

export type StoredEvent = Readonly<{
  seq: number;
  id: string;
  type: string;
  data: unknown;
  visible: boolean;
  /** Who published it, and when: it is known again for so long as events are kept. */
  userId: string | undefined;
  at: number;
}>;

/** What a test may replace. Each gets the caller and does what it likes; `pass` does what a gateway does. */
export type Script = {
  handshake: 'accept' | 'fail' | 'hang';
  /** Whom the next tokens are of, and the pass they are given. */
  userId: string;
  issuer: string | undefined;
  /** How long events are kept; an earlier gateway does not tell. */
  retentionMs: number | undefined;
  reentryPass: string | undefined;
  authenticate: (caller: Caller, message: Fields, pass: () => void) => void;
  message: (caller: Caller, message: Fields, pass: () => void) => void;
  /** How the stored events reach callers. */
  fanOut: (caller: Caller, frame: Fields, pass: () => void) => void;
};

export const pageSize = 20;

export const createFakeGateway = (clock: Clock, latencyMs = 20) => {
  const callers: Caller[] = [];
  let epoch = 'epoch-1';
  let events: StoredEvent[] = [];
  let oldestSeq = 1;
  let network: 'up' | 'down' = 'up';
  const script: Script = {
    handshake: 'accept',
    userId: 'u-1',
    issuer: undefined,
    retentionMs: undefined,
    reentryPass: undefined,
    authenticate: (_caller, _message, pass) => pass(),
    message: (_caller, _message, pass) => pass(),
    fanOut: (_caller, _frame, pass) => pass(),
  };
  const later = (run: () => void) => clock.timers.setTimeout(run, latencyMs);
  const iso = (ms: number) => new Date(ms).toISOString();
  const visible = () => events.filter((event) => event.visible);
  const head = () => ({ epoch: events.length === 0 ? null : epoch, head_seq: visible().at(-1)?.seq ?? 0 });
  const previousOf = (seq: number) => visible().findLast((event) => event.seq < seq)?.seq ?? 0;

  const frameOf = (event: StoredEvent): Fields => ({
    type: event.type,
    id: event.id,
    seq: event.seq,
    prev_seq: previousOf(event.seq),
    epoch,
    restaurant_id: 'r-17',
    data: event.data,
    timestamp: iso(clock.now()),
  });

  const refuse = (caller: Caller, type: 'auth_error' | 'closing', reason: string, advice: Fields = {}) => {
    caller.send({
      type,
      reason,
      error: reason,
      code: 4003,
      reconnect: true,
      reauthenticate: false,
      retry_after_ms: null,
      ...advice,
    });
    caller.close(1000);
  };

  const admit = (caller: Caller, message: Fields) => {
    const expiresAt = Number(String(message['token']).split('@')[1] ?? 0);
    if (!(expiresAt > clock.now()))
      return refuse(caller, caller.status === 'authenticated' ? 'closing' : 'auth_error', 'token_expired', {
        reauthenticate: true,
      });
    caller.status = 'authenticated';
    caller.expiresAt = Math.max(caller.expiresAt, Math.min(expiresAt, caller.openedAt + 2 * 3_600_000));
    caller.send(authSuccess(caller));
  };

  const authSuccess = (caller: Caller): Fields => ({
    type: 'auth_success',
    user_id: script.userId,
    restaurant_id: 'r-17',
    connection_id: `c-${caller.number}`,
    connection_type: 'kitchen',
    role: 'employee',
    session_expires_at: iso(caller.expiresAt),
    ...head(),
    protocol: 1,
    ...(script.issuer === undefined ? {} : { issuer: script.issuer }),
    ...(script.retentionMs === undefined ? {} : { retention_ms: script.retentionMs }),
    ...(script.reentryPass === undefined ? {} : { reentry_pass: script.reentryPass }),
    timestamp: iso(clock.now()),
  });

  const publish = (
    type: string,
    data: unknown,
    options: Readonly<{ id?: string; visible?: boolean; userId?: string }> = {},
  ): StoredEvent => {
    const { id = `evt-${events.length + 1}`, userId, visible: isVisible = true } = options;
    const forgottenAt = clock.now() - (script.retentionMs ?? Number.POSITIVE_INFINITY);
    const known = events.findLast(
      (event) => event.id === id && (event.userId ?? userId) === (userId ?? event.userId) && event.at > forgottenAt,
    );
    if (known) return known;
    const seq = (events.at(-1)?.seq ?? 0) + 1;
    const event = { seq, id, type, data, visible: isVisible, userId, at: clock.now() };
    events.push(event);
    if (event.visible)
      for (const caller of callers)
        if (caller.status === 'authenticated' && caller.expiresAt > clock.now())
          script.fanOut(caller, frameOf(event), () => caller.send(frameOf(event)));
    return event;
  };

  const replay = (caller: Caller, after: number) => {
    const page = visible().filter(({ seq }) => seq > after && seq >= oldestSeq);
    const sent = page.slice(0, pageSize);
    const more = page.length > sent.length;
    caller.send({
      type: 'replayed',
      events: sent.map(frameOf),
      ...head(),
      next_after: more ? (sent.at(-1)?.seq ?? after) : Math.max(after, events.at(-1)?.seq ?? 0),
      more,
      gap: after + 1 < oldestSeq,
      oldest_seq: oldestSeq,
    });
  };

  const answer = (caller: Caller, message: Fields) => {
    if (caller.expiresAt <= clock.now()) return refuse(caller, 'closing', 'session_expired', { reauthenticate: true });
    switch (message['type']) {
      case 'ping':
        return caller.send({
          type: 'pong',
          session_expires_at: iso(caller.expiresAt),
          ...head(),
          timestamp: iso(clock.now()),
        });
      case 'replay':
        return replay(caller, Number(message['after']));
      default: {
        const id = String(message['id']);
        const event = publish(String(message['type']), message['data'], { id, userId: script.userId });
        return caller.send({ type: 'accepted', id: message['id'], event_id: event.id });
      }
    }
  };

  const hear = (caller: Caller, text: string) => {
    const message = JSON.parse(text) as Fields;
    caller.heard.push(message);
    if (message['type'] === 'authenticate') return script.authenticate(caller, message, () => admit(caller, message));
    if (caller.status !== 'authenticated') return refuse(caller, 'auth_error', 'expected_authentication');
    script.message(caller, message, () => answer(caller, message));
  };

  class FakeSocket {
    onopen: ((event: object) => void) | null = null;
    onmessage: ((event: Readonly<{ data: unknown }>) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    onclose: ((event: Readonly<{ code: number }>) => void) | null = null;
    readonly caller: Caller;

    constructor(_url: string, offered: readonly string[] = []) {
      const caller: Caller = {
        number: callers.length + 1,
        openedAt: clock.now(),
        offered,
        status: 'opening',
        line: network === 'up' ? 'alive' : 'dead',
        expiresAt: 0,
        heard: [],
        send: (frame) =>
          later(() => {
            if (caller.line === 'dead' || this.isClosed) return;
            this.onmessage?.({
              data:
                typeof frame === 'string' || frame instanceof ArrayBuffer || ArrayBuffer.isView(frame)
                  ? frame
                  : JSON.stringify(frame),
            });
          }),
        close: (code = 1000) => {
          caller.status = 'closed';
          later(() => {
            if (caller.line === 'dead' || this.isClosed) return;
            this.isClosed = true;
            this.onclose?.({ code });
          });
        },
      };
      this.caller = caller;
      callers.push(caller);
      later(() => {
        if (this.isClosed || script.handshake === 'hang') return;
        if (caller.line === 'dead' || script.handshake === 'fail') {
          caller.status = 'closed';
          this.isClosed = true;
          this.onerror?.({});
          this.onclose?.({ code: 1006 });
          return;
        }
        caller.status = 'open';
        this.onopen?.({});
      });
    }

    private isClosed = false;

    send(text: string): void {
      if (this.caller.status === 'opening') throw new Error('InvalidStateError');
      later(() => {
        if (this.caller.line === 'alive' && this.caller.status !== 'closed') hear(this.caller, text);
      });
    }

    /** What is on its way still arrives, and then the close. */
    close(): void {
      later(() => {
        if (this.isClosed) return;
        this.isClosed = true;
        if (this.caller.line === 'alive') this.caller.status = 'closed';
        this.onclose?.({ code: 1000 });
      });
    }
  }

  return {
    WebSocket: FakeSocket as SocketConstructor,
    callers,
    script,
    publish,
    refuse,
    authSuccess,
    /** The newest connection. */
    caller: (): Caller => {
      const newest = callers.at(-1);
      if (newest === undefined) throw new Error('nobody has called');
      return newest;
    },
    /** Connections that were authenticated or tried to be. */
    logins: () => callers.filter(({ heard }) => heard.some(({ type }) => type === 'authenticate')).length,
    events: (): readonly StoredEvent[] => events,
    /** What the caller's frames were, by type. */
    typesHeard: (caller: Caller): readonly unknown[] => caller.heard.map(({ type }) => type),
    setNetwork: (state: 'up' | 'down') => {
      network = state;
      // A socket does not survive a change of network, and nobody tells it.
      for (const caller of callers) caller.line = 'dead';
    },
    /** Every connection is cut, without a word. */
    restart: (code = 1012) => {
      for (const caller of callers) if (caller.status !== 'closed') caller.close(code);
    },
    newEpoch: (name: string) => {
      epoch = name;
      events = [];
      oldestSeq = 1;
    },
    forgetBefore: (seq: number) => {
      oldestSeq = seq;
    },
  };
};

export type FakeGateway = ReturnType<typeof createFakeGateway>;
