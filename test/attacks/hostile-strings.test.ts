import * as v from 'valibot';
import { describe, expect, test } from '@jest/globals';
import { auditItem } from '../../lambdas/dynamodb/audit.ts';
import { StoredAuditRecord } from '../../lambdas/security/audit-columns.ts';
import type { VerifyToken } from '../../lambdas/identity/identity.ts';
import type { AnyAuditRecord } from '../../lambdas/security/audit-record.ts';
import { ocsfEvent } from '../../lambdas/security/ocsf.ts';
import { authError, errorReply } from '../../protocol/server-messages.ts';
import { itemBytes } from '../contract/item-bytes.ts';
import { demoIssuer, signingKey, verifierOf } from '../identity/tokens.ts';
import { platform } from '../memory/platform.ts';
import { memoryWorld, startMs, type World } from '../memory/world.ts';
import { testWithVectors } from '../vectors.ts';
import { type Answer, type Place, placesFor } from './hostile-places.ts';
import { hostileStrings } from './hostile-strings.ts';
import { ocsfProblems } from './ocsf-validity.ts';
import { overheard, problemsOfWrite } from './overheard.ts';
import { type Row, rowsReported, rowWritten } from './report.ts';

const key = await signingKey('EdDSA', 'ed');
const { verify: verifyAnew, asked } = verifierOf({ [demoIssuer.jwksUri]: [key.jwk] }, [demoIssuer], () => startMs);
const places = placesFor(key);

/** One look at each text: thousands of conversations hold the same good token. */
const verdicts = new Map<string | undefined, ReturnType<VerifyToken>>();
const verify: VerifyToken = (token) => {
  const verdict = verdicts.get(token) ?? verifyAnew(token);
  verdicts.set(token, verdict);
  return verdict;
};

const writes: string[] = [];
const telemetry = overheard(writes);

/** The routes as deployed, but for the tables and the platform: the real verifier, the real log and metrics. */
const openRoom = () => {
  const memory = memoryWorld();
  const world: World = {
    ...memory,
    ports: (conduct, name) => {
      const { ports, stopped } = memory.ports(conduct, name);
      return { ports: { ...ports, verifyToken: verify, telemetry }, stopped };
    },
  };
  return { world, door: platform(world, { allowedOrigins: ['https://app.example'] }) };
};

/** What the client read, as one word, where it is byte for byte a frame that holds nothing of the client's. */
const answerRead = ({ world, door }: ReturnType<typeof openRoom>, text: string): Answer | readonly string[] => {
  const socket = door.socketOf('c-1=');
  const frames = socket.received.map((received) => received.text);
  const [first, second, ...more] = frames;
  if (frames.length === 0)
    return socket.state === 'closed' && world.connections.rows.size === 0 ? 'handshake refused' : frames;
  if (more.length > 0) return frames;
  for (const reason of ['access_denied', 'token_invalid', 'malformed_message', 'expected_authentication'] as const)
    if (first === authError(reason, startMs) && second === undefined && socket.closedBy === 'gateway') return reason;
  const { type, user_id, restaurant_id } = JSON.parse(first ?? '');
  if (type !== 'auth_success' || user_id !== 'u-chef' || restaurant_id !== 'r-17') return frames;
  if (second === undefined) return 'authenticated';
  if (second === errorReply('unknown_type', startMs)) return 'unknown_type';
  for (const field of ['type', 'id'])
    if (second === errorReply('malformed_message', startMs, undefined, field)) return 'malformed_message in a session';
  return second === errorReply('unknown_type', startMs, text) ? 'unknown_type with its id' : frames;
};

/** As the table gives it back to the `audit` command. */
const entryOf = (record: AnyAuditRecord) =>
  v.parse(StoredAuditRecord, JSON.parse(JSON.stringify(auditItem(record, 400))));

/** Where the text is not in the record, one record is as good as another. */
const judged = new Map<string, readonly string[]>();
const problemsOfRecord = (record: AnyAuditRecord): readonly string[] => {
  const name = JSON.stringify(record);
  const problems = judged.get(name) ?? problemsOfEntry(entryOf(record));
  judged.set(name, problems);
  return problems;
};

const problemsOfEntry = (entry: StoredAuditRecord): readonly string[] => {
  const bytes = itemBytes(entry);
  return [
    ...(bytes <= 1024 ? [] : [`an audit item of ${bytes} bytes`]),
    ...(/^[\x20-\x7e]*$/.test(JSON.stringify(entry)) ? [] : ['an audit item beyond printable ASCII']),
    ...ocsfProblems(ocsfEvent(entry) ?? {}),
  ];
};

/** One text in one place: everything that is not as it must be. */
const problemsOf = async ({ say, answerTo }: Place, text: string): Promise<readonly unknown[]> => {
  writes.length = 0;
  const room = openRoom();
  await say(room.door, text);
  const answer = answerRead(room, text);
  const left = await room.door.disconnected();
  const records = [...room.world.audit.values()];
  const attempts = records.filter(({ kind }) => kind === 'attempt' || kind === 'handshake');
  return [
    ...(answer === answerTo(text) ? [] : [{ expected: answerTo(text), answer }]),
    ...(left.how === 'returned' ? [] : [{ left }]),
    ...(attempts.length === 1 ? [] : [{ attempts }]),
    ...(writes.length === 2 * records.length ? [] : ['other lines than one and a metric for each record']),
    ...writes.flatMap(problemsOfWrite),
    ...records.flatMap(problemsOfRecord),
  ];
};

describe('a hostile text is one attempt, one defined answer, whole lines, and a valid record', () => {
  testWithVectors.each(places)('in $where', async (place) => {
    const failures = [];
    for (const text of hostileStrings()) {
      const problems = await problemsOf(place, text);
      if (problems.length > 0) failures.push({ text, problems });
    }
    expect(failures.slice(0, 5)).toEqual([]);
  });
});

testWithVectors('all of them together make the keys be asked for once', () => {
  expect(asked).toEqual([demoIssuer.jwksUri]);
});

testWithVectors('the report says how many texts were tried in how many places, and what they got', () => {
  const texts = hostileStrings();
  const rows = places.map(({ where, answerTo }): Row => {
    const counts = new Map<Answer, number>();
    for (const text of texts) counts.set(answerTo(text), (counts.get(answerTo(text)) ?? 0) + 1);
    return [where, texts.length, [...counts].map(([answer, count]) => `${count} ${answer}`).join(', ')];
  });
  expect(rowsReported('Hostile strings')).toEqual([...rows, ['all', texts.length * places.length, '']].map(rowWritten));
});

test.each([
  { why: 'a second line', written: '{"message":"x"}\n{"_aws":{}}\n' },
  { why: 'half a line', written: '{"message":"x"}' },
  { why: 'no JSON', written: 'Error: x\n' },
  { why: 'a field of the client', written: '{"level":"INFO","service":"maitred","order":"x"}\n' },
  { why: 'a metric of the client', written: '{"_aws":{"CloudWatchMetrics":[{"Namespace":"x"}]},"x":1}\n' },
])('a line is told from $why', ({ written }) => {
  expect(problemsOfWrite(written)).not.toEqual([]);
});
