/**
 * Whether a handshake from this Origin may go on. Only browsers must send one: absent is an app or a till, the
 * gateway's own host is React Native. Everything else must be on the list, letter by letter.
 */
export const isAllowedOrigin = (origin: string | undefined, ownHost: string, allowed: readonly string[]): boolean => {
  if (origin === undefined || allowed.includes(origin)) return true;
  return origin === `https://${ownHost}` || (isLoopback(ownHost) && origin === `http://${ownHost}`);
};

const isLoopback = (host: string): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
