import { describe, expect, test } from '@jest/globals';
import {
  entryOf,
  type Outcome,
  ringing,
  type SecurityEvent,
  type SharedAlarm,
} from '../../lambdas/security/catalogue.ts';
import { failedPartNames } from '../../lambdas/security/failed-parts.ts';
import { type LogQueryName, logQueries, logQueryNames, textOfQuery } from '../../lib/log-queries.ts';
import { parseQuery } from './insights.ts';
import { accessLines, functionLines, type NamedLine, recordOf } from './real-lines.ts';

const linesOf = { functions: functionLines(), outbox: functionLines(), 'access log': accessLines() } as const;
const query = (name: LogQueryName) => parseQuery(textOfQuery(name));
const answer = (name: LogQueryName, lines: readonly NamedLine[]) => query(name).run(lines.map(recordOf));

/** The lines of functions that tell an event for the first time, with the event each tells. */
const events = linesOf.functions.flatMap((line) => {
  const { event, audit } = recordOf(line);
  return audit === undefined || audit === 'already_written' ? [] : [{ name: line.name, event: String(event) }];
});
const eventsOf = (...outcomes: readonly Outcome[]): readonly string[] =>
  events.filter(({ event }) => outcomes.some((outcome) => entryOf(event)?.outcome === outcome)).map(({ name }) => name);
/** Every event line that says that somebody was not let in, once. */
const turnedDown = eventsOf('refused', 'pages', 'turned_away', 'unavailable');
const withUser = turnedDown.filter((name) => {
  const [line] = linesOf.functions.filter((one) => one.name === name).map(recordOf);
  return line?.['user_id'] !== undefined || line?.['claimed_user_id'] !== undefined;
});
/** The lines of an event, whatever the reason. */
const linesTelling = (wanted: SecurityEvent): readonly string[] =>
  events.filter(({ event }) => event === wanted).map(({ name }) => name);
const linesRinging = (alarm: SharedAlarm): readonly string[] =>
  ringing(alarm).map(({ event, detail }) => (detail === undefined ? event : `${event} ${detail}`));

/** The lines each query is for; of all others it must let none through. */
const meantFor = {
  'user mismatches': linesTelling('user_mismatch'),
  'cross-tenant attempts': linesTelling('cross_tenant_attempt'),
  'identity changes': linesTelling('identity_change_refused'),
  'addresses blocked': linesTelling('failure_threshold_crossed'),
  'what one address tried': events.map(({ name }) => name),
  'refusals by reason': turnedDown,
  'addresses refused': turnedDown,
  'users refused': withUser,
  'handshakes refused': linesRinging('Handshakes refused'),
  'refused by API Gateway': ['throttled', 'refused by the function'],
  'calls that failed': ['no function', 'function threw', 'function throttled'],
  'refused for want of keys': linesRinging('Signing keys unreachable'),
  'key sets that failed': ['key set failed'],
  'failures by part': failedPartNames.map((part) => `failed ${part}`),
  'records that wait in the queue': ['token_invalid queued'],
  'records that are only in the log': ['token_invalid logged_only'],
  'how long functions ran': ['metric of run that counted', 'run that began a sandbox', 'run that was slow'],
  'timer messages that failed': ['failed timer_message'],
  'deliveries that failed': ['failed fan_out', 'failed dead_letter'],
  'publications that are no events': ['invalid publication', 'publication put aside for the rate'],
  'restaurants with too many publications': ['publication put aside for the rate', 'publication beyond the rate'],
  'restaurants whose posts fail': ['delivered', 'delivered but for one'],
  'why the outbox waits': ['failed outbox', 'failed dead_letter'],
  'runs of the outbox': ['outbox ran'],
  'what the outbox set aside': ['outbox set aside'],
  'functions that threw or ran out of time': [
    'lambda report of a timeout',
    'lambda timeout',
    'lambda throw',
    'lambda report of a timeout as JSON',
    'lambda report of an error as JSON',
    'lambda throw as JSON',
  ],
} as const satisfies Readonly<Record<LogQueryName, readonly string[]>>;

describe.each(logQueryNames)('"%s"', (name) => {
  const lines = linesOf[logQueries[name].of];

  test('lets through the lines it is meant for, and no other line', () => {
    const passed = lines.filter((line) => query(name).matches(recordOf(line))).map((line) => line.name);
    expect(passed.sort()).toEqual([...meantFor[name]].sort());
  });

  test('reads fields that these lines have', () => {
    const its = lines.filter((line) => query(name).matches(recordOf(line))).map(recordOf);
    expect([...query(name).fields].filter((field) => !its.some((record) => field in record))).toEqual([]);
  });

  test('answers with something, and not without end', () => {
    expect(answer(name, lines)).not.toEqual([]);
    expect(textOfQuery(name)).toMatch(/\n\| limit \d+$/);
  });
});

describe('the answer', () => {
  const named = (...names: readonly string[]) =>
    linesOf.functions.filter((line) => names.includes(line.name.replace('metric of ', '')));

  test('counts an event once, although its metric is in the log beside it', () => {
    expect(answer('addresses refused', named('token_expired'))).toMatchObject([{ source_ip: '192.0.2.1', refused: 1 }]);
    expect(answer('failures by part', named('failed seat'))).toMatchObject([
      { failure: 'seat', error: 'TypeError', failures: 1 },
    ]);
  });

  test('counts a record once, however often it was written', () => {
    expect(answer('users refused', named('user_mismatch', 'user_mismatch already_written'))).toMatchObject([
      { issuer: 'demo', user_id: 'u-1', claimed_user_id: 'u-7', refused: 1, addresses: 1 },
    ]);
  });

  test('has the most frequent first', () => {
    const lines = named('auth_timeout', 'token_invalid', 'token_invalid queued');
    expect(answer('refusals by reason', lines)).toMatchObject([
      { event: 'token_invalid', refused: 2 },
      { event: 'auth_timeout', refused: 1 },
    ]);
  });

  test('tells slow runs and cold starts', () => {
    expect(answer('how long functions ran', linesOf.functions)).toMatchObject([
      { slowest_ms: 2950, cold_starts: 1, slowest_start_ms: 200 },
    ]);
  });

  test('is the whole record where the log is the only copy', () => {
    const [only] = answer('records that are only in the log', linesOf.functions);
    expect(JSON.parse(String(only?.['@message']))).toMatchObject({
      event: 'token_invalid',
      audit: 'logged_only',
      connection_id: 'Zm9vYmFy=',
      connected_at: '2026-11-23T18:00:00.000Z',
      claimed_user_id: 'u-7',
    });
  });
});
