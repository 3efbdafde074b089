import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { isLoopback, isPrivateHost } from '../../config-schema/loopback.ts';
import { originOf } from '../../config-schema/origin.ts';

export type AllowedOrigins = Pick<FunctionConfig, 'allowedOrigins' | 'developmentOrigins'>;

/**
 * Whether a handshake from this Origin may go on. Only browsers must send one: absent is an app or a till, one of the
 * gateway's own hosts is React Native, which makes it of the URL. Everything else must be on the list. Origins are compared as
 * origins, and what is none, such as `null`, is nobody's.
 *
 * `developmentOrigins` lets pages of this machine and of the private network in, where the gateway itself is reached by such
 * a name: a deployed one is not, whatever its configuration says.
 */
export const isAllowedOrigin = (
  said: string | undefined,
  ownHosts: readonly (string | undefined)[],
  { allowedOrigins, developmentOrigins }: AllowedOrigins,
): boolean => {
  if (said === undefined) return true;
  const origin = originOf(said);
  if (origin === undefined) return false;
  if (allowedOrigins.includes(origin)) return true;
  return ownHosts.some((host) => {
    const secure = host === undefined ? undefined : originOf(`https://${host}`);
    const plain = host === undefined ? undefined : originOf(`http://${host}`);
    if (secure === undefined || plain === undefined) return false;
    const ownName = new URL(plain).hostname;
    if (origin === secure || (origin === plain && isLoopback(ownName))) return true;
    return developmentOrigins && isPrivateHost(ownName) && isPageOfPrivateHost(origin);
  });
};

const isPageOfPrivateHost = (origin: string): boolean =>
  /^https?:/.test(origin) && isPrivateHost(new URL(origin).hostname);
