/** The numbers of the wire, in one place. Sizes are UTF-8 bytes. */
export const limits = {
  /** A larger frame is refused before it is parsed. */
  maxFrameBytes: 16 * 1024,
  /** Objects and lists within one another in a message: its own, that of a legacy spelling, and those of the data of an event. */
  maxMessageDepth: 34,
  /** A larger token is refused before it is decoded. */
  maxTokenBytes: 8 * 1024,
  /** A client's own message id, echoed in `error` so that it can match them. */
  maxMessageIdChars: 128,
  /** A session ends at the token's `exp` or this long after connecting, whichever is first: API Gateway cuts every connection then. */
  maxSessionMs: 2 * 60 * 60 * 1000,
  /** The `data` of one restaurant event, as JSON. A device's own events are smaller: its frames are. */
  maxEventDataBytes: 64 * 1024,
  /** Objects and lists within one another in the `data` of an event. */
  maxEventDataDepth: 32,
  /** One `replayed` frame; API Gateway carries 128 KB. */
  maxReplayBytes: 100 * 1024,
  /** Events in one `replayed` frame. */
  maxReplayEvents: 1000,
  /** One `present` frame, and the sessions in it. */
  maxPresentBytes: 100 * 1024,
  maxPresentSessions: 1000,
  /** One `events` frame: API Gateway meters messages by 32 KB. */
  maxBatchBytes: 32 * 1024,
} as const;

/**
 * After how much silence clients ping, unless a stage or an application says otherwise, and what a stage may say. PROTOCOL.md promises that
 * an event which was lost is noticed ten seconds later. Half of the platform's idle time is the most; mobile networks forget a connection
 * after 30 to 300 s.
 */
export const pingIntervalSeconds = { usual: 120, least: 45, most: 300 } as const;

/** The subprotocol the gateway answers to when a client offers it. */
export const subprotocol = 'maitred.v1';

/** The version in `auth_success`. */
export const protocolVersion = 1;
