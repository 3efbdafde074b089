import type { SocketEvent } from './socket.ts';

/** What happens on the wire, seen from the client. `dropped`: this side closed it, and reads no more of it. */
export type TraceDetail =
  | SocketEvent
  | Readonly<{ kind: 'opening' | 'dropped' }>
  | Readonly<{ kind: 'sent'; text: string }>;

/** One line of it. `connection` tells the client's connections apart; later ones have higher numbers. */
export type TraceEntry = Readonly<{ at: number; connection: number }> & TraceDetail;

/** No token and no re-entry pass in what people look at, copy and paste. */
export const withoutToken = <Detail extends TraceDetail>(detail: Detail): Detail =>
  'text' in detail
    ? {
        ...detail,
        text: detail.text.replace(/("(token|reentry_pass)"\s*:\s*")(?:\\.|[^"\\])*/g, (_, name, field) =>
          field === 'token' ? `${name}…` : `${name}[pass]`,
        ),
      }
    : detail;
