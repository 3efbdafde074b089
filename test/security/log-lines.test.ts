/** A function's lines are those that AWS's Powertools would write. */
import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { logLines } from '../../lambdas/security/log-lines.ts';

const kept = { ...process.env };
let written: string[];
beforeEach(() => {
  written = [];
});
afterEach(() => {
  process.env = { ...kept };
});

const levels = ['info', 'warn', 'error', 'critical'] as const;

/** What Powertools writes, whichever stream it takes. */
const theirs = (call: (logger: Logger) => void): readonly string[] => {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const lines: string[] = [];
  for (const stream of streams) stream.write = (chunk: string | Uint8Array) => lines.push(chunk.toString()) > 0;
  try {
    call(new Logger({ serviceName: 'maitred' }));
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index] as typeof stream.write;
  }
  const warnings = /is a reserved key and will be dropped/;
  return lines
    .join('')
    .split('\n')
    .slice(0, -1)
    .filter((line) => !warnings.test(line));
};

/** What of theirs ours leave out. */
const withoutNeedless = (line: string): string => {
  const { sampling_rate: _, xray_trace_id, ...needed } = JSON.parse(line);
  const { level, message, timestamp, service, ...others } = needed;
  const trace = xray_trace_id === undefined || level === 'INFO' ? {} : { xray_trace_id };
  return JSON.stringify({ level, message, timestamp, service, ...trace, ...others });
};

/** Each with its time, which is now in one and given in the other. */
const withoutTime = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/, '"timestamp":"now"'));

test.each([
  { why: 'by itself', env: {} },
  {
    why: 'under a trace',
    env: { _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0' },
  },
  { why: 'at the level of warnings', env: { AWS_LAMBDA_LOG_LEVEL: 'WARN' } },
  { why: 'at the highest level', env: { AWS_LAMBDA_LOG_LEVEL: 'FATAL' } },
  { why: 'at the lowest level', env: { AWS_LAMBDA_LOG_LEVEL: 'TRACE' } },
  {
    why: "with fields that would pass for the line's own",
    env: {},
    smuggled: { level: 'TRACE', message: 'other', timestamp: 'never', service: 'other' },
  },
])('$why', ({ env, smuggled = {} }) => {
  Object.assign(process.env, env);
  const fields = {
    ...smuggled,
    event: 'x',
    n: 0,
    no: false,
    text: 'a "quoted"\n寿司',
    nothing: null,
    left: undefined,
    list: [1, null],
  };
  const log = logLines(process.env, Date.now, (line) => written.push(line));
  for (const level of levels) log[level]('said', fields);
  const expected = theirs((logger) => {
    for (const level of levels) logger[level]('said', fields);
  });
  expect(withoutTime(written)).toEqual(withoutTime(expected.map(withoutNeedless)));
});

test('a field is text, a number, yes or no, nothing, or a list of these', () => {
  const log = logLines({}, Date.now, (line) => written.push(line));
  log.info('said', { text: 'x', n: 1, yes: true, nothing: null, left: undefined, list: [['x'], 1, true] });
  const refused = [
    // @ts-expect-error JSON has no form for it, and the line would be thrown away.
    () => log.info('said', { big: 1n }),
    // @ts-expect-error It would be written as {}.
    () => log.info('said', { error: new Error('x') }),
    // @ts-expect-error It may hold itself.
    () => log.info('said', { object: {} }),
  ];
  expect(refused).toHaveLength(3);
  expect(written).toHaveLength(1);
});

test('a line says when it was written, and at which level it goes out', () => {
  const log = logLines(
    {},
    () => Date.parse('2026-11-27T19:30:25.123Z'),
    (line, level) => written.push(level, line),
  );
  log.warn('said', {});
  expect(written).toEqual([
    'warn',
    '{"level":"WARN","message":"said","timestamp":"2026-11-27T19:30:25.123Z","service":"maitred"}',
  ]);
});
