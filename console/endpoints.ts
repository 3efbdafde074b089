/** The gateway's HTTP side, as the page uses it. */
import type { AuditRow, ConnectionRow, Demo, Outbox, Revoked } from './rows.ts';

export const readDemo = (): Promise<Demo> => ask('/console/demo');
export const readConnections = (): Promise<readonly ConnectionRow[]> => ask('/console/connections');
export const readAudit = (): Promise<readonly AuditRow[]> => ask('/console/audit');
export const readOutbox = (): Promise<Outbox> => ask('/console/outbox');

export const revoke = (restaurant: string, user: string): Promise<Revoked> =>
  ask('/console/revoke', { restaurant, user });

/** A demo user's token, or one that ended a minute ago. */
export const readToken = async (user: string, kind: 'good' | 'expired' = 'good'): Promise<string> => {
  const granted: Readonly<{ access_token: string }> = await ask('/issuer/token', { user, expired: kind === 'expired' });
  return granted.access_token;
};

/** The answers are the gateway's own, of the same version as this page. */
const ask = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
  const response = await fetch(path, {
    cache: 'no-store',
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
};
