/** What each security event says of the api. A new event does not compile until it is in this table. */
import type { SecurityEvent } from '../lambdas/security/catalogue.ts';

/**
 * `pages`: one is enough to call somebody. `refused`: an attempt that failed, which in small numbers is everyday life.
 * `turned_away`: refused before an attempt. `unavailable`: refused by our fault. `left`: a connection or session ended.
 */
export type Outcome = 'entered' | 'renewed' | 'refused' | 'pages' | 'turned_away' | 'unavailable' | 'left' | 'noted';

const outcomes = {
  access_granted: 'entered',
  session_renewed: 'renewed',
  token_expired: 'refused',
  token_invalid: 'refused',
  access_denied: 'refused',
  invalid_user_id: 'refused',
  privilege_escalation_attempt: 'refused',
  expected_authentication: 'refused',
  malformed_message: 'refused',
  auth_timeout: 'refused',
  user_mismatch: 'pages',
  cross_tenant_attempt: 'pages',
  identity_change_refused: 'pages',
  failure_threshold_crossed: 'pages',
  origin_refused: 'turned_away',
  rate_limit_exceeded: 'turned_away',
  verification_unavailable: 'unavailable',
  session_expired: 'left',
  session_ended: 'left',
  session_revoked: 'left',
  connection_abandoned: 'left',
  platform_owner_access: 'noted',
} as const satisfies Record<SecurityEvent, Outcome>;

type EventOf<Wanted extends Outcome> = {
  [Event in SecurityEvent]: (typeof outcomes)[Event] extends Wanted ? Event : never;
}[SecurityEvent];

/** The events of an outcome. */
export const eventsThat = <Wanted extends Outcome>(wanted: Wanted): readonly EventOf<Wanted>[] =>
  (Object.keys(outcomes) as SecurityEvent[]).filter(
    (event): event is EventOf<Wanted> => outcomes[event] === (wanted as Outcome),
  );
