import type { GatewayEvent } from './gateway-event.ts';
import type { DropReason } from './webhook.ts';

/**
 * Tells what happens at the gateway, one readable line for each connection, outcome and close. It takes only known
 * fields out of what the functions log, so that nothing a client sent can get into a line by another way.
 *
 * @param write receives a line without its end
 */
export const createNarrator =
  (write: (line: string) => void, clock: () => Date = () => new Date()) =>
  (event: GatewayEvent): void => {
    const told = tell(event);
    if (told === undefined) return;
    const { connectionId, words } = told;
    write(`${clock().toTimeString().slice(0, 8)}  ${(connectionId ?? '').slice(0, 8).padEnd(8)}  ${words}`);
  };

type Told = { readonly connectionId: string | undefined; readonly words: string };

const tell = (event: GatewayEvent): Told | undefined => {
  const { type } = event;
  switch (type) {
    case 'connected':
      return { connectionId: event.connectionId, words: `connected from ${event.sourceIp}` };
    case 'refused':
      return { connectionId: event.connectionId, words: `refused at the handshake with ${event.status}` };
    case 'misdirected': {
      const why =
        event.status === 403
          ? `no stage in the path, or another one; here it is ${event.stagePath}`
          : `a URL of more than ${event.maxUrlBytes} characters`;
      return { connectionId: undefined, words: `refused at the handshake with ${event.status}: ${why}` };
    }
    case 'closed': {
      const seconds = (event.openMs / 1000).toFixed(1);
      return { connectionId: event.connectionId, words: `closed with ${event.code} after ${seconds} s` };
    }
    case 'failed': {
      const { outcome, functionName, connectionId } = event;
      const how = outcome.kind === 'timed_out' ? 'timed out' : `${outcome.kind} ${shown(outcome.errorType)}`;
      return { connectionId, words: `${functionName} ${how}` };
    }
    case 'journal':
      return { connectionId: undefined, words: `the queues' journal: ${journalWords(event)}` };
    case 'left': {
      const whose = event.restaurantId === undefined ? '' : ` of ${shown(event.restaurantId)}`;
      return {
        connectionId: undefined,
        words: `left for the backend by the ${event.target}: ${shown(event.detailType)}${whose}`,
      };
    }
    case 'webhook':
      return { connectionId: undefined, words: `webhook: ${webhookWords(event)}` };
    case 'log':
      return tellLine(event.functionName, event.line);
    default:
      return type satisfies never;
  }
};

const journalWords = (event: Extract<GatewayEvent, { type: 'journal' }>): string => {
  switch (event.state) {
    case 'cut':
      return `its last ${event.bytes} bytes were an unfinished entry and are left out`;
    case 'unwritable':
      return `cannot be written (${shown(event.error)}); nothing new is accepted until it can`;
    case 'writable':
      return 'can be written again';
    default:
      return event satisfies never;
  }
};

const webhookWords = (event: Extract<GatewayEvent, { type: 'webhook' }>): string => {
  switch (event.state) {
    case 'unreachable':
      return `nobody answers (${shown(event.error)}); events are posted again until somebody does`;
    case 'reachable':
      return 'somebody answers again';
    case 'dropped':
      return `${shown(event.detailType)} is dropped: ${dropWords(event.why)}`;
    default:
      return event satisfies never;
  }
};

const dropWords = (why: DropReason): string => {
  if (why === 'tries') return 'tried too often';
  if (why === 'crowded') return 'too many wait, and it was the oldest';
  return `the answer was ${why.status}`;
};

/** Log lines are JSON; metrics are for CloudWatch only. */
const tellLine = (functionName: string, line: string): Told | undefined => {
  const logged = parsed(line);
  if (logged === undefined || '_aws' in logged) return undefined;
  const connectionId = text(logged, 'connection_id');
  const event = text(logged, 'event');
  // What was written before was told before.
  if (text(logged, 'audit') === 'already_written') return undefined;
  if (event !== undefined) return { connectionId, words: outcomeOf(event, logged) };
  if (text(logged, 'message') === 'events_delivered') return { connectionId, words: deliveryOf(logged) };
  if (text(logged, 'message') === 'publication_invalid')
    return { connectionId, words: `put aside: ${text(logged, 'reason')}` };
  if (text(logged, 'message') === 'publication_refused')
    return { connectionId, words: `refused: ${text(logged, 'restaurant_id')} has had its publications of this minute` };
  const failure = text(logged, 'failure');
  if (failure === undefined) return undefined;
  return { connectionId, words: `${functionName} could not ${failure}: ${text(logged, 'error') ?? 'unknown error'}` };
};

const outcomeOf = (event: string, logged: Readonly<Record<string, unknown>>): string => {
  const user = text(logged, 'user_id');
  const restaurant = text(logged, 'restaurant_id');
  const type = text(logged, 'connection_type');
  const details = [
    text(logged, 'reason'),
    user === undefined ? undefined : `user ${user}`,
    restaurant === undefined ? undefined : `restaurant ${restaurant}`,
    type,
  ];
  return `${event}: ${details.filter((detail) => detail !== undefined).join(', ')}`;
};

const deliveryOf = (logged: Readonly<Record<string, unknown>>): string => {
  const { numbered, posted, failed, lag_ms } = logged;
  const trouble = failed === 0 ? '' : `, failed ${failed}`;
  return `${text(logged, 'restaurant_id')}: events ${numbered}, posts ${posted}${trouble}, ${lag_ms} ms`;
};

const parsed = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

const text = (logged: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = logged[name];
  return typeof value === 'string' ? shown(value) : undefined;
};

const maxShownCharacters = 64;

/** Ids are printable ASCII; anything else could speak to the terminal. */
const shown = (value: string): string => value.replace(/[^\x20-\x7e]/g, '?').slice(0, maxShownCharacters);
