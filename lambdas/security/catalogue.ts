/**
 * Every security event there is. A name outside this list does not compile. `owasp` is the name in the OWASP logging
 * vocabulary, `ocsf` the class and activity in OCSF 1.8.0 (absent: log and metric only, no audit record).
 */
export type Severity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

type Entry = Readonly<{
  severity: Severity;
  owasp: string;
  ocsf?: Readonly<{ classUid: 2004 | 3002 | 3003 | 6003; activityId: 1 | 2 | 99; succeeded: boolean }>;
}>;

const logonFailed = { classUid: 3002, activityId: 1, succeeded: false } as const;
const logonSucceeded = { classUid: 3002, activityId: 1, succeeded: true } as const;
const logoff = { classUid: 3002, activityId: 2, succeeded: true } as const;
const otherCallFailed = { classUid: 6003, activityId: 99, succeeded: false } as const;

export const catalogue = {
  access_granted: { severity: 'INFO', owasp: 'authn_login_success', ocsf: logonSucceeded },
  token_expired: { severity: 'WARNING', owasp: 'authn_login_fail', ocsf: logonFailed },
  token_invalid: { severity: 'ERROR', owasp: 'authn_login_fail', ocsf: logonFailed },
  access_denied: { severity: 'CRITICAL', owasp: 'authn_login_fail', ocsf: logonFailed },
  invalid_user_id: { severity: 'ERROR', owasp: 'input_validation_discrete_fail', ocsf: logonFailed },
  user_mismatch: { severity: 'CRITICAL', owasp: 'authz_fail', ocsf: logonFailed },
  cross_tenant_attempt: {
    severity: 'CRITICAL',
    owasp: 'authz_fail',
    ocsf: { classUid: 3003, activityId: 2, succeeded: false },
  },
  privilege_escalation_attempt: {
    severity: 'ERROR',
    owasp: 'authz_fail',
    ocsf: { classUid: 3003, activityId: 1, succeeded: false },
  },
  expected_authentication: { severity: 'ERROR', owasp: 'sequence_fail', ocsf: otherCallFailed },
  malformed_message: { severity: 'WARNING', owasp: 'input_validation_fail', ocsf: otherCallFailed },
  auth_timeout: { severity: 'WARNING', owasp: 'session_expired', ocsf: logonFailed },
  origin_refused: {
    severity: 'ERROR',
    owasp: 'malicious_cors',
    ocsf: { classUid: 6003, activityId: 1, succeeded: false },
  },
  rate_limit_exceeded: { severity: 'WARNING', owasp: 'excess_rate_limit_exceeded', ocsf: otherCallFailed },
  failure_threshold_crossed: {
    severity: 'CRITICAL',
    owasp: 'authn_login_fail_max',
    ocsf: { classUid: 2004, activityId: 1, succeeded: false },
  },
  session_renewed: { severity: 'INFO', owasp: 'session_renewed', ocsf: logonSucceeded },
  identity_change_refused: { severity: 'CRITICAL', owasp: 'authz_fail', ocsf: logonFailed },
  session_expired: { severity: 'INFO', owasp: 'session_expired', ocsf: logoff },
  session_ended: { severity: 'INFO', owasp: 'session_logout', ocsf: logoff },
  connection_abandoned: { severity: 'INFO', owasp: 'session_logout' },
  session_revoked: { severity: 'WARNING', owasp: 'authn_token_revoked', ocsf: logoff },
  platform_owner_access: {
    severity: 'INFO',
    owasp: 'authz_admin',
    ocsf: { classUid: 3003, activityId: 1, succeeded: true },
  },
  verification_unavailable: { severity: 'ERROR', owasp: 'sys_monitor_disabled', ocsf: logonFailed },
} as const satisfies Record<string, Entry>;

export type SecurityEvent = keyof typeof catalogue;

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
  'membership_revoked',
  'role_unknown',
  'connection_type_unknown',
  'connection_type_not_allowed',
  // the message
  'too_large',
  'not_json',
  'not_an_object',
  'type_not_text',
  'wrong_field_type',
  'token_too_large',
  'route_differs',
  'restaurant_id_missing',
  'not_authenticate',
  // time, platform and us
  'silent',
  'late',
  'origin_not_allowed',
  'keys_unreachable',
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
  'lifetime_over',
  'verified',
  'renewed',
] as const;

export type Detail = (typeof details)[number];
