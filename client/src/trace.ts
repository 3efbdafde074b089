/** One line of what happens on the wire. `connection` counts the client's connections from 1. */
export type TraceEntry = Readonly<{ at: number; connection: number }> &
  (
    | Readonly<{ kind: 'opening' | 'open' }>
    | Readonly<{ kind: 'sent' | 'received'; text: string }>
    | Readonly<{ kind: 'closed'; code: number | undefined }>
    /** This side closed it; what still arrives is not read. */
    | Readonly<{ kind: 'dropped' }>
  );

/** No token in what people look at, copy and paste. */
export const blankToken = (frame: string): string => frame.replace(/("token"\s*:\s*")(?:\\.|[^"\\])*/g, '$1…');
