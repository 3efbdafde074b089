import type { Reply } from './events.ts';

/** What API Gateway says of an event itself; its `routeKey` may be what a client said. */
export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

type WebSocketEvent = Readonly<{ requestContext: Readonly<{ eventType: string }> }>;

const refused: Reply = { statusCode: 403 };

/**
 * A handler that hears events of its own type and refuses every other one before anything is read or written. Whether a message can be
 * made to arrive at the routes of handshakes and ends is documented nowhere; there it would be a second attempt, or an end without one.
 */
export const hearing =
  <E>(eventType: EventType, handler: (event: E) => Promise<Reply>) =>
  async (event: E & WebSocketEvent): Promise<Reply> =>
    event.requestContext.eventType === eventType ? handler(event) : refused;
