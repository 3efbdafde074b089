import { isLoopback } from '../../config-schema/loopback.ts';

/**
 * Whether a handshake from this Origin may go on. Only browsers must send one: absent is an app or a till, one of the
 * gateway's own hosts is React Native, which makes it of the URL. Everything else must be on the list, letter by letter.
 */
export const isAllowedOrigin = (
  origin: string | undefined,
  ownHosts: readonly (string | undefined)[],
  allowed: readonly string[],
): boolean => {
  if (origin === undefined || allowed.includes(origin)) return true;
  return ownHosts.some(
    (host) =>
      host !== undefined &&
      (origin === `https://${host}` || (isLoopback(withoutPort(host)) && origin === `http://${host}`)),
  );
};

const withoutPort = (host: string): string => host.replace(/:\d+$/, '');
