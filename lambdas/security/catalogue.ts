/**
 * Every security event there is, one entry each. A name outside this list does not compile. `owasp` is the name in the OWASP
 * logging vocabulary, `ocsf` the class and activity in OCSF 1.8.0 (absent: log and metric only, no audit record), `alarm` the
 * alarm it rings, if any. Pure data: `lib/` makes its alarms, graphs and queries of it.
 */
export type Severity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/**
 * What an event says of the gateway. `pages`: one is enough to call somebody, so it has an alarm of its own. `refused`: an
 * attempt that failed, which in small numbers is everyday life. `turned_away`: refused before an attempt. `unavailable`: refused
 * by our fault. `left`: a connection or session ended.
 */
export type Outcome = 'entered' | 'renewed' | 'refused' | 'pages' | 'turned_away' | 'unavailable' | 'left' | 'noted';

/** Alarms that events share, by their headings in `docs/runbook.md`. What they look at is in `lib/alarm-rules.ts`. */
export const sharedAlarms = ['Failure rate', 'Handshakes refused', 'Signing keys unreachable'] as const;
export type SharedAlarm = (typeof sharedAlarms)[number];

export type OcsfActivity = Readonly<{
  classUid: 2004 | 3002 | 3003 | 6003;
  activityId: 1 | 2 | 99;
  succeeded: boolean;
}>;

type Entry = Readonly<{
  severity: Severity;
  owasp: string;
  ocsf?: OcsfActivity;
}> &
  Readonly<
    // An alarm of its own says in one sentence what happened.
    | { outcome: 'pages'; alarm: Readonly<{ heading: string; says: string }> }
    // `details`: only these of the event ring it.
    | { outcome: Exclude<Outcome, 'pages'>; alarm?: Readonly<{ heading: SharedAlarm; details?: readonly Detail[] }> }
  >;

const logonFailed = { classUid: 3002, activityId: 1, succeeded: false } as const;
const logonSucceeded = { classUid: 3002, activityId: 1, succeeded: true } as const;
const logoff = { classUid: 3002, activityId: 2, succeeded: true } as const;
const otherCallFailed = { classUid: 6003, activityId: 99, succeeded: false } as const;

/** A refused attempt: its share of all attempts is watched. */
const refused = { outcome: 'refused', alarm: { heading: 'Failure rate' } } as const;

export const catalogue = {
  access_granted: { severity: 'INFO', outcome: 'entered', owasp: 'authn_login_success', ocsf: logonSucceeded },
  token_expired: { severity: 'WARNING', ...refused, owasp: 'authn_login_fail', ocsf: logonFailed },
  token_invalid: { severity: 'ERROR', ...refused, owasp: 'authn_login_fail', ocsf: logonFailed },
  access_denied: { severity: 'CRITICAL', ...refused, owasp: 'authn_login_fail', ocsf: logonFailed },
  invalid_user_id: {
    severity: 'ERROR',
    ...refused,
    owasp: 'input_validation_discrete_fail',
    ocsf: logonFailed,
  },
  user_mismatch: {
    severity: 'CRITICAL',
    outcome: 'pages',
    alarm: { heading: 'User mismatch', says: 'A genuine token came with the user id of somebody else.' },
    owasp: 'authz_fail',
    ocsf: logonFailed,
  },
  cross_tenant_attempt: {
    severity: 'CRITICAL',
    outcome: 'pages',
    alarm: {
      heading: 'Cross-tenant attempt',
      says: 'A genuine user asked for a restaurant of which they are no member.',
    },
    owasp: 'authz_fail',
    ocsf: { classUid: 3003, activityId: 2, succeeded: false },
  },
  privilege_escalation_attempt: {
    severity: 'ERROR',
    ...refused,
    owasp: 'authz_fail',
    ocsf: { classUid: 3003, activityId: 1, succeeded: false },
  },
  expected_authentication: { severity: 'ERROR', ...refused, owasp: 'sequence_fail', ocsf: otherCallFailed },
  malformed_message: { severity: 'WARNING', ...refused, owasp: 'input_validation_fail', ocsf: otherCallFailed },
  auth_timeout: { severity: 'WARNING', ...refused, owasp: 'session_expired', ocsf: logonFailed },
  origin_refused: {
    severity: 'ERROR',
    outcome: 'turned_away',
    owasp: 'malicious_cors',
    ocsf: { classUid: 6003, activityId: 1, succeeded: false },
  },
  rate_limit_exceeded: {
    severity: 'WARNING',
    outcome: 'turned_away',
    alarm: { heading: 'Handshakes refused', details: ['too_many_connects', 'too_many_failures'] },
    owasp: 'excess_rate_limit_exceeded',
    ocsf: otherCallFailed,
  },
  failure_threshold_crossed: {
    severity: 'CRITICAL',
    outcome: 'pages',
    alarm: {
      heading: 'Failure threshold crossed',
      says: 'One address sent so many forged tokens or frames that are no JSON that it has few handshakes left.',
    },
    owasp: 'authn_login_fail_max',
    ocsf: { classUid: 2004, activityId: 1, succeeded: false },
  },
  session_renewed: { severity: 'INFO', outcome: 'renewed', owasp: 'session_renewed', ocsf: logonSucceeded },
  identity_change_refused: {
    severity: 'CRITICAL',
    outcome: 'pages',
    alarm: {
      heading: 'Identity change refused',
      says: 'A session tried to go on as another user, restaurant or connection type.',
    },
    owasp: 'authz_fail',
    ocsf: logonFailed,
  },
  session_expired: { severity: 'INFO', outcome: 'left', owasp: 'session_expired', ocsf: logoff },
  session_ended: { severity: 'INFO', outcome: 'left', owasp: 'session_logout', ocsf: logoff },
  connection_abandoned: { severity: 'INFO', outcome: 'left', owasp: 'session_logout' },
  session_revoked: { severity: 'WARNING', outcome: 'left', owasp: 'authn_token_revoked', ocsf: logoff },
  platform_owner_access: {
    severity: 'INFO',
    outcome: 'noted',
    owasp: 'authz_admin',
    ocsf: { classUid: 3003, activityId: 1, succeeded: true },
  },
  verification_unavailable: {
    severity: 'ERROR',
    outcome: 'unavailable',
    alarm: { heading: 'Signing keys unreachable', details: ['keys_unreachable'] },
    owasp: 'sys_monitor_disabled',
    ocsf: logonFailed,
  },
} as const satisfies Record<string, Entry>;

export type SecurityEvent = keyof typeof catalogue;
export const securityEvents = Object.keys(catalogue) as readonly SecurityEvent[];

type EventOf<Wanted extends Outcome> = {
  [Event in SecurityEvent]: (typeof catalogue)[Event]['outcome'] extends Wanted ? Event : never;
}[SecurityEvent];

/** The events of an outcome. */
export const eventsThat = <Wanted extends Outcome>(wanted: Wanted): readonly EventOf<Wanted>[] =>
  securityEvents.filter((event): event is EventOf<Wanted> => catalogue[event].outcome === (wanted as Outcome));

/** The ends of sessions: what leaves otherwise was a connection that never became one, and has no record. */
export const sessionEnds = eventsThat('left').filter((event) => 'ocsf' in catalogue[event]);

/** What rings an alarm that several events may ring: events, or single details of them. */
export const ringing = (alarm: SharedAlarm): readonly Readonly<{ event: SecurityEvent; detail?: Detail }>[] =>
  securityEvents.flatMap((event) => {
    const entry: Entry = catalogue[event];
    if (entry.outcome === 'pages' || entry.alarm?.heading !== alarm) return [];
    return entry.alarm.details?.map((detail) => ({ event, detail })) ?? [{ event }];
  });

/** What is known of an event; nothing of one that a newer version recorded. */
export const entryOf = (event: string): Entry | undefined =>
  Object.hasOwn(catalogue, event) ? catalogue[event as SecurityEvent] : undefined;

/**
 * Of an event that is not known, `WARNING`: somebody should look. Only a queued record can have one, while two versions run beside
 * each other. No alarm depends on this: who put it into the queue wrote its log line and counted it, with the severity that this
 * version does not know.
 */
export const severityOf = (event: string): Severity => entryOf(event)?.severity ?? 'WARNING';

/** Why, in one fixed word. It is in logs, metrics and the audit record, never on the wire. */
export const details = [
  // the token
  'token_missing',
  'token_malformed',
  'header_forbidden',
  'algorithm_refused',
  'issuer_unknown',
  'key_unknown',
  'key_unfit',
  'signature_bad',
  'audience_wrong',
  'token_use_wrong',
  'claim_refused',
  'expiry_missing',
  'expiry_too_far',
  'expired',
  'issued_at_missing',
  'issued_in_future',
  'not_yet_valid',
  'user_claim_unusable',
  // the claims
  'user_id_not_canonical',
  'user_id_differs',
  'hint_differs',
  'restaurant_id_invalid',
  'membership_missing',
  'membership_claim_malformed',
  'membership_claim_too_long',
  'membership_claim_left_out',
  'restaurant_not_of_issuer',
  'membership_revoked',
  'membership_suspended',
  'role_unknown',
  'connection_type_unknown',
  'connection_type_not_allowed',
  // the message
  'too_large',
  'not_json',
  'not_an_object',
  'duplicate_key',
  'lone_surrogate',
  'number_too_large',
  'too_deep',
  'type_not_text',
  'wrong_field_type',
  'token_too_large',
  'route_differs',
  'restaurant_id_missing',
  'not_authenticate',
  'binary_frame',
  'encoding_invalid',
  'frame_too_large',
  // time, platform and us
  'silent',
  'late',
  'origin_not_allowed',
  'keys_unreachable',
  'key_not_fetched_yet',
  'tables_unreachable',
  'lease_lapsed',
  'too_many_connects',
  'too_many_failures',
  'too_many_messages',
  'flood',
  'never_seated',
  'user_changed',
  'restaurant_changed',
  'restaurant_differs',
  'connection_type_changed',
  'client_left',
  'closed_by_us',
  'too_many_sessions',
  'lifetime_over',
  'verified',
  'renewed',
] as const;

export type Detail = (typeof details)[number];
