import { catalogue, type SecurityEvent } from './catalogue.ts';

/** What the parameters of a vocabulary name are made of. Everything is encoded, so a value can hold no `:` and no `,`. */
export type OwaspSubject = Readonly<{
  event: string;
  detail: string;
  userId?: string | undefined;
  restaurantId?: string | undefined;
  sourceIp: string;
  userAgent?: string | undefined;
}>;

/** Who it is when nobody is verified. */
const nobody = '-';

/**
 * The event in the OWASP logging vocabulary, with its parameters, such as `authn_login_fail:u-1`. Parameters are
 * percent-encoded; the order is the vocabulary's.
 */
export const owaspEvent = (subject: OwaspSubject): string => {
  const name = owaspName(subject.event);
  // Of a newer version.
  if (name === undefined) return `${encodeURIComponent(subject.event)}:`;
  const parameters = parametersOf(name, subject);
  return `${name}:${parameters.map(encodeURIComponent).join(',')}`;
};

type OwaspName = (typeof catalogue)[SecurityEvent]['owasp'];

const owaspName = (event: string): OwaspName | undefined =>
  Object.hasOwn(catalogue, event) ? catalogue[event as SecurityEvent].owasp : undefined;

const parametersOf = (name: OwaspName, subject: OwaspSubject): readonly string[] => {
  const { userId = nobody, detail, restaurantId = nobody, sourceIp, userAgent = nobody } = subject;
  switch (name) {
    case 'authn_login_success':
    case 'authn_login_fail':
    case 'session_renewed':
    case 'sequence_fail':
    case 'session_logout':
      return [userId];
    case 'authn_login_fail_max':
    case 'excess_rate_limit_exceeded':
      return [userId, detail];
    case 'authn_token_revoked':
    case 'session_expired':
      return [userId, detail];
    case 'authz_fail':
      return [userId, detail];
    case 'authz_admin':
      return [userId, `enter ${restaurantId}`];
    case 'input_validation_fail':
    case 'input_validation_discrete_fail':
      return [detail, userId];
    case 'malicious_cors':
      return [sourceIp, userAgent, detail];
    case 'sys_monitor_disabled':
      return [userId, detail];
  }
};
