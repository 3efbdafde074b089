/** The numbers of the wire, in one place. Sizes are UTF-8 bytes. */
export const limits = {
  /** A larger frame is refused before it is parsed. */
  maxFrameBytes: 16 * 1024,
  /** A larger token is refused before it is decoded. */
  maxTokenBytes: 8 * 1024,
  /** A client's own message id, echoed in `error` so that it can match them. */
  maxMessageIdChars: 128,
  /** A session ends at the token's `exp` or this long after connecting, whichever is first: API Gateway cuts every connection then. */
  maxSessionMs: 2 * 60 * 60 * 1000,
} as const;

/** The subprotocol the gateway answers to when a client offers it. */
export const subprotocol = 'maitred.v1';

/** The version in `auth_success`. */
export const protocolVersion = 1;
