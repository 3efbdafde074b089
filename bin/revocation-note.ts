import { called } from './called.ts';
import type { Session } from '../lambdas/connection/connection.ts';

/**
 * What a revocation does not do, as far as it can be told: of this member's issuer, by the sessions its tokens opened there, the
 * member's own before those of others.
 */
export const revocationNote = (
  { issuer, userId }: Readonly<{ issuer: string; userId: string }>,
  sessionsOfIssuer: readonly Pick<Session, 'userId' | 'loggedInAtMs'>[],
): string => {
  const own = sessionsOfIssuer.filter((session) => session.userId === userId);
  const told = own.length > 0 ? own : sessionsOfIssuer;
  const comesBack = 'a device that renews its token comes back';
  const suspend = `"${called('members suspend')}" keeps ${userId} out.`;
  if (told.length === 0)
    return `No session here tells whether tokens of ${issuer} say when their user logged in. If not, ${comesBack}; ${suspend}`;
  if (told.some(({ loggedInAtMs }) => loggedInAtMs === undefined))
    return `Tokens of ${issuer} do not say when their user logged in, so ${comesBack}; ${suspend}`;
  return `Tokens of ${issuer} say when their user logged in: ${userId} comes back by logging in anew, and not by renewing a token.`;
};
