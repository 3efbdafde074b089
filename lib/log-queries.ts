/**
 * Questions to the logs, in the language of CloudWatch Logs Insights. The runbook quotes every one of them; tests ask
 * them of log lines that the functions really write.
 *
 * A security event writes two lines, the event and its metric, and both have `event` and `reason`. Only the event's has
 * `audit`, so every query of events names it. What is `already_written` was told before.
 */
import { catalogue, eventsThat, type SecurityEvent, securityEvents } from '../lambdas/security/catalogue.ts';

export type LogQuery = Readonly<{
  /** The heading of the runbook it belongs to. */
  heading: string;
  of: 'functions' | 'access log' | 'outbox';
  lines: readonly string[];
}>;

const told = 'audit in ["written", "queued", "logged_only"]';
const oneOf = (values: readonly string[]): string => `[${values.map((value) => `"${value}"`).join(', ')}]`;
const turnedDown = oneOf([
  ...eventsThat('refused'),
  ...eventsThat('pages'),
  ...eventsThat('turned_away'),
  ...eventsThat('unavailable'),
]);
const is = (event: SecurityEvent): string => `event = "${event}"`;
/** The event with the details that ring its alarm. */
const ringing = (event: 'rate_limit_exceeded' | 'verification_unavailable'): string => {
  const { details } = catalogue[event].alarm;
  return `${is(event)} and reason ${details.length === 1 ? `= "${details[0]}"` : `in ${oneOf(details)}`}`;
};
/** Events that are never audited are in the log alone on purpose. */
const isAudited = securityEvents
  .filter((event) => !('ocsf' in catalogue[event]))
  .map((event) => `event != "${event}"`)
  .join(' and ');

export const logQueries = {
  'user mismatches': {
    heading: 'User mismatch',
    of: 'functions',
    lines: [
      'fields @timestamp, source_ip, issuer, user_id, claimed_user_id, claimed_restaurant_id, connection_id',
      `filter ${is('user_mismatch')} and ${told}`,
      'sort @timestamp desc',
      'limit 100',
    ],
  },
  'cross-tenant attempts': {
    heading: 'Cross-tenant attempt',
    of: 'functions',
    lines: [
      `filter ${is('cross_tenant_attempt')} and ${told}`,
      'stats count(*) as attempts, count_distinct(claimed_restaurant_id) as restaurants, max(@timestamp) as latest by issuer, user_id, source_ip',
      'sort attempts desc',
      'limit 50',
    ],
  },
  'identity changes': {
    heading: 'Identity change refused',
    of: 'functions',
    lines: [
      'fields @timestamp, reason, issuer, user_id, restaurant_id, connection_type, claimed_user_id, claimed_restaurant_id, claimed_connection_type, source_ip, connection_id',
      `filter ${is('identity_change_refused')} and ${told}`,
      'sort @timestamp desc',
      'limit 100',
    ],
  },
  'addresses blocked': {
    heading: 'Failure threshold crossed',
    of: 'functions',
    lines: [
      `filter ${is('failure_threshold_crossed')} and ${told}`,
      'stats count(*) as times, min(@timestamp) as first, max(@timestamp) as latest by source_ip',
      'sort times desc',
      'limit 50',
    ],
  },
  'what one address tried': {
    heading: 'Failure threshold crossed',
    of: 'functions',
    lines: [
      `filter source_ip = "192.0.2.1" and ${told}`,
      'stats count(*) as times, count_distinct(connection_id) as connections by event, reason, user_agent',
      'sort times desc',
      'limit 100',
    ],
  },
  'refusals by reason': {
    heading: 'Failure rate',
    of: 'functions',
    lines: [
      `filter event in ${turnedDown} and ${told}`,
      'stats count(*) as refused, count_distinct(source_ip) as addresses by event, reason',
      'sort refused desc',
      'limit 50',
    ],
  },
  'addresses refused': {
    heading: 'Failure rate',
    of: 'functions',
    lines: [
      `filter event in ${turnedDown} and ${told}`,
      'stats count(*) as refused, count_distinct(event) as kinds, max(@timestamp) as latest by source_ip',
      'sort refused desc',
      'limit 20',
    ],
  },
  'users refused': {
    heading: 'Failure rate',
    of: 'functions',
    lines: [
      `filter event in ${turnedDown} and ${told} and (ispresent(user_id) or ispresent(claimed_user_id))`,
      'stats count(*) as refused, count_distinct(source_ip) as addresses, max(@timestamp) as latest by issuer, user_id, claimed_user_id',
      'sort refused desc',
      'limit 20',
    ],
  },
  'handshakes refused': {
    heading: 'Handshakes refused',
    of: 'functions',
    lines: [
      `filter ${ringing('rate_limit_exceeded')} and ${told}`,
      'stats count(*) as refused, max(@timestamp) as latest by source_ip, reason, user_agent',
      'sort refused desc',
      'limit 50',
    ],
  },
  'refused by API Gateway': {
    heading: 'Refused by API Gateway',
    of: 'access log',
    lines: [
      'filter status like /^4/',
      'stats count(*) as refused, max(@timestamp) as latest by status, errorType, eventType, routeKey, sourceIp',
      'sort refused desc',
      'limit 50',
    ],
  },
  'calls that failed': {
    heading: 'Function unreachable',
    of: 'access log',
    lines: [
      'filter status like /^5/ or integrationStatus like /^[45]/',
      'stats count(*) as failed, max(integrationLatencyMs) as slowest_ms, max(@timestamp) as latest by routeKey, status, errorType, integrationStatus',
      'sort failed desc',
      'limit 50',
    ],
  },
  'refused for want of keys': {
    heading: 'Signing keys unreachable',
    of: 'functions',
    lines: [
      `filter ${ringing('verification_unavailable')} and ${told}`,
      'stats count(*) as refused, count_distinct(source_ip) as addresses by bin(5m)',
      'limit 100',
    ],
  },
  'key sets that failed': {
    heading: 'Signing keys unreachable',
    of: 'functions',
    lines: [
      'filter message = "key_set_failed"',
      'stats count(*) as failures, max(@timestamp) as latest by issuer, cause, found',
      'sort failures desc',
      'limit 50',
    ],
  },
  'failures by part': {
    heading: 'Failures of ours',
    of: 'functions',
    lines: [
      'filter ispresent(failure)',
      'stats count(*) as failures, max(@timestamp) as latest by failure, error',
      'sort failures desc',
      'limit 50',
    ],
  },
  'records that wait in the queue': {
    heading: 'Audit record not written',
    of: 'functions',
    lines: [
      'fields @timestamp, event, reason, kind, connection_id',
      'filter audit = "queued"',
      'sort @timestamp desc',
      'limit 100',
    ],
  },
  'records that are only in the log': {
    heading: 'Audit record only in the log',
    of: 'functions',
    lines: [
      'fields @timestamp, @message',
      `filter audit = "logged_only" and ${isAudited}`,
      'sort @timestamp asc',
      'limit 1000',
    ],
  },
  'how long functions ran': {
    heading: 'Timer lag',
    of: 'functions',
    lines: [
      'filter ispresent(run_ms)',
      'stats max(run_ms) as slowest_ms, count(cold_start) as cold_starts, max(init_ms) as slowest_start_ms by @log, bin(5m)',
      'sort slowest_ms desc',
      'limit 100',
    ],
  },
  'timer messages that failed': {
    heading: 'Dead letters',
    of: 'functions',
    lines: [
      'filter failure = "timer_message"',
      'stats count(*) as failures, min(@timestamp) as first, max(@timestamp) as latest by error',
      'sort failures desc',
      'limit 50',
    ],
  },
  'deliveries that failed': {
    heading: 'Events stalled',
    of: 'functions',
    lines: [
      'filter failure in ["fan_out", "dead_letter"]',
      'stats count(*) as failures, max(@timestamp) as latest by failure, error',
      'sort failures desc',
      'limit 50',
    ],
  },
  'publications that are no events': {
    heading: 'Invalid publications',
    of: 'functions',
    lines: [
      'filter message = "publication_invalid"',
      'stats count(*) as publications, max(@timestamp) as latest by reason, restaurant_id, publisher',
      'sort publications desc',
      'limit 50',
    ],
  },
  'restaurants with too many publications': {
    heading: 'Too many publications',
    of: 'functions',
    lines: [
      'filter message in ["publication_invalid", "publication_refused"]',
      'filter reason = "restaurant_rate"',
      'stats count(*) as publications, min(@timestamp) as first, max(@timestamp) as latest by restaurant_id, publisher',
      'sort publications desc',
      'limit 50',
    ],
  },
  'restaurants whose posts fail': {
    heading: 'Posts failed',
    of: 'functions',
    lines: [
      'filter message = "events_delivered"',
      'stats sum(failed) as lost, sum(posted) as posted, max(lag_ms) as slowest_ms by restaurant_id',
      'sort lost desc',
      'limit 50',
    ],
  },
  'why the outbox waits': {
    heading: 'Outbox behind',
    of: 'outbox',
    lines: [
      'filter failure in ["outbox", "dead_letter"]',
      'stats count(*) as failures, min(@timestamp) as first, max(@timestamp) as latest by failure, error',
      'sort failures desc',
      'limit 50',
    ],
  },
  'runs of the outbox': {
    heading: 'Outbox not reading',
    of: 'outbox',
    lines: [
      'filter message = "outbox_run"',
      'stats sum(handed_over) as handed, sum(set_aside) as aside, sum(held_back) as waiting, max(lag_ms) as slowest_ms by bin(5m)',
      'limit 100',
    ],
  },
  'what the outbox set aside': {
    heading: 'Outbox dead letters',
    of: 'outbox',
    lines: [
      'filter message = "outbox_set_aside"',
      'stats count(*) as records, min(@timestamp) as first, max(@timestamp) as latest by reason, restaurant_id',
      'sort records desc',
      'limit 50',
    ],
  },
  'functions that threw or ran out of time': {
    heading: 'Function errors',
    of: 'functions',
    lines: [
      'fields @timestamp, @log, @message',
      // As Lambda writes them as JSON, and as it wrote them as text: a log keeps what was there before the format was changed.
      'filter @message like /Task timed out|Status: timeout|"status": ?"(timeout|error|failure)"|"stackTrace":|Invoke Error|Uncaught Exception|Unhandled Promise Rejection/',
      'sort @timestamp desc',
      'limit 50',
    ],
  },
} as const satisfies Readonly<Record<string, LogQuery>>;

export type LogQueryName = keyof typeof logQueries;
export const logQueryNames = Object.keys(logQueries) as readonly LogQueryName[];

/** The query as it is asked. */
export const textOfQuery = (name: LogQueryName): string => logQueries[name].lines.join('\n| ');
