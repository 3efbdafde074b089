import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { logRetentionDays, StageConfig } from '../../config-schema/stage-config.ts';
import { readStageConfig } from '../../lib/config.ts';

const errorOf = (run: () => unknown): ConfigError => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const parseStageConfig = (file: string, content: string) => parseConfig(StageConfig, file, content);

const issuer = { alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' };
const domain = {
  name: 'door.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/7b1e',
  hostedZoneId: 'Z0123456789ABC',
  hostedZoneName: 'example.com',
};

const outboxArns = {
  bus: 'arn:aws:events:eu-west-1:111122223333:event-bus/backend',
  queue: 'arn:aws:sqs:eu-west-1:111122223333:orders.fifo',
};

test('an empty file is a whole configuration', () => {
  const { connectionTypes, defaultConnectionType, roles, events, demoUsers, ...settings } = parseStageConfig(
    'config/dev.json',
    '{}',
  );
  expect(Object.keys({ ...connectionTypes, ...roles, ...events, ...demoUsers })).toContain(defaultConnectionType);
  expect(settings).toEqual({
    authTimeoutSeconds: 5,
    transport: 'sdk',
    allowedOrigins: [],
    developmentOrigins: false,
    trustedAddresses: [],
    issuers: [],
    keepUserPool: false,
    throttle: { ratePerSecond: 1000, burst: 1000 },
    budgets: {
      connectsPerMinute: 300,
      hostileFailures: 30,
      recordsPerMinute: 20,
      sessionsPerUser: 50,
      sessionsPerRestaurant: 2_000,
      reentriesPerMinute: 120,
      trustedConnectsPerMinute: 6000,
      trustedHostileFailures: 600,
      messagesPerMinute: 60,
      messageBurst: 20,
      pingsPerMinute: 120,
      pingBurst: 40,
      replayUnitsPerMinute: 600,
      replayUnitBurst: 600,
      publicationsPerMinute: 3_000,
    },
    auditRetentionDays: 400,
    eventRetentionHours: 24,
    pingIntervalSeconds: 120,
    logRetentionDays: 90,
    accountLogRole: 'none',
    alarmEmails: [],
    dashboard: 'small',
    fanOutConcurrency: 30,
    fanOutMemoryMiB: 1024,
    auditTableClass: 'standard',
    outbox: 'none',
    outboxSecurityEvents: false,
  });
});

test.each([
  { why: 'one limit alone', config: { throttle: { burst: 7 } }, as: { throttle: { ratePerSecond: 1000, burst: 7 } } },
  {
    why: 'one budget alone',
    config: { budgets: { pingBurst: 7 } },
    as: { budgets: { pingBurst: 7, pingsPerMinute: 120 } },
  },
  {
    why: 'an issuer anywhere on loopback, as the functions do',
    config: { issuers: [{ ...issuer, issuer: 'http://127.0.0.2/i' }] },
    as: { issuers: [{ issuer: 'http://127.0.0.2/i', jwksUri: 'http://127.0.0.2/i/.well-known/jwks.json' }] },
  },
  { why: 'the shortest deadline', config: { authTimeoutSeconds: 1 }, as: { authTimeoutSeconds: 1 } },
  { why: 'the longest deadline', config: { authTimeoutSeconds: 30 }, as: { authTimeoutSeconds: 30 } },
  { why: 'a custom domain', config: { domain }, as: { domain } },
  { why: 'an outbox', config: { outbox: 'bus' }, as: { outbox: 'bus', outboxSecurityEvents: false } },
  ...(['bus', 'queue'] as const).map((outbox) => ({
    why: `an outbox to somebody's ${outbox}`,
    config: { outbox, outboxArn: outboxArns[outbox], outboxSecurityEvents: true },
    as: { outbox, outboxArn: outboxArns[outbox], outboxSecurityEvents: true },
  })),
  {
    why: 'origins of a page, with and without port, and of an app shell',
    config: { allowedOrigins: ['https://till.example.com', 'http://localhost:3000', 'capacitor://localhost'] },
    as: { allowedOrigins: ['https://till.example.com', 'http://localhost:3000', 'capacitor://localhost'] },
  },
  {
    why: 'origins in any spelling, kept in the one in which they are compared',
    config: { allowedOrigins: ['HTTPS://Till.Example.com:443', 'https://Bücher.example'] },
    as: { allowedOrigins: ['https://till.example.com', 'https://xn--bcher-kva.example'] },
  },
])('takes $why', ({ config, as }) => {
  expect(parseStageConfig('config/dev.json', JSON.stringify(config))).toMatchObject(as);
});

test.each<{ key: string; config: object; says: string }>([
  { key: 'authTimeoutSeconds', config: { authTimeoutSeconds: 31 }, says: 'a whole number from 1 to 30, got 31' },
  { key: 'authTimeoutSeconds', config: { authTimeoutSeconds: 0 }, says: 'a whole number from 1 to 30, got 0' },
  { key: 'authTimeoutSeconds', config: { authTimeoutSeconds: 2.5 }, says: 'a whole number from 1 to 30, got 2.5' },
  { key: 'authTimeoutSeconds', config: { authTimeoutSeconds: '5' }, says: 'a whole number from 1 to 30, got "5"' },
  { key: 'allowedOrigins', config: { allowedOrigins: '*' }, says: 'must be a list, got "*"' },
  { key: 'allowedOrigins.0', config: { allowedOrigins: ['*'] }, says: 'an origin such as' },
  { key: 'allowedOrigins.0', config: { allowedOrigins: ['null'] }, says: 'got "null"' },
  {
    key: 'allowedOrigins.1',
    config: { allowedOrigins: ['https://a.example', 'https://b.example/'] },
    says: 'no path, got "https://b.example/"',
  },
  { key: 'throttle', config: { throttle: [] }, says: 'an object with keys of ratePerSecond, burst, got []' },
  { key: 'throttle.burst', config: { throttle: { burst: 5001 } }, says: 'a whole number from 1 to 5000, got 5001' },
  {
    key: 'throttle.rate',
    config: { throttle: { rate: 5 } },
    says: 'is no known key; expected one of ratePerSecond, burst, got 5',
  },
  { key: 'budgets.pingBurst', config: { budgets: { pingBurst: 0 } }, says: 'from 1 to 1000000, got 0' },
  {
    key: 'budgets.pings',
    config: { budgets: { pings: 1 } },
    says: 'is no known key; expected one of connectsPerMinute',
  },
  { key: 'trustedAddresses', config: { trustedAddresses: '203.0.113.0/24' }, says: 'must be a list' },
  ...[
    '203.0.113.0',
    '203.0.113.0/33',
    '203.0.113.0/',
    '300.0.0.0/24',
    '0.0.0.0/0',
    '2001:db8::/129',
    '::/0',
    '2001:db8:::/48',
    'a/8',
    '1.2.3.4/24/1',
    '',
  ].map((range) => ({
    key: 'trustedAddresses.1',
    config: { trustedAddresses: ['2001:db8:7::/48', range] },
    says: 'must be a CIDR such as',
  })),
  { key: 'auditRetentionDays', config: { auditRetentionDays: null }, says: 'from 1 to 3653, got null' },
  { key: 'eventRetentionHours', config: { eventRetentionHours: 0 }, says: 'from 1 to 168, got 0' },
  { key: 'eventRetentionHours', config: { eventRetentionHours: 169 }, says: 'from 1 to 168, got 169' },
  { key: 'pingIntervalSeconds', config: { pingIntervalSeconds: 44 }, says: 'from 45 to 300, got 44' },
  { key: 'pingIntervalSeconds', config: { pingIntervalSeconds: 301 }, says: 'from 45 to 300, got 301' },
  { key: 'logRetentionDays', config: { logRetentionDays: 8 }, says: 'must be one of 1, 3, 5, 7' },
  { key: 'logRetentionDays', config: { logRetentionDays: 9999 }, says: 'got 9999' },
  { key: 'accountLogRole', config: { accountLogRole: true }, says: '"none", "existing" or "create", got true' },
  { key: 'alarmEmails', config: { alarmEmails: 'a@b.example' }, says: 'must be a list, got "a@b.example"' },
  { key: 'alarmEmails.1', config: { alarmEmails: ['a@b.example', 'a b@c.example'] }, says: 'must be a mail address' },
  { key: 'alarmEmails.0', config: { alarmEmails: ['root@localhost'] }, says: 'got "root@localhost"' },
  { key: 'fanOutConcurrency', config: { fanOutConcurrency: 1 }, says: 'from 2 to 1000, got 1' },
  { key: 'fanOutMemoryMiB', config: { fanOutMemoryMiB: 511 }, says: 'from 512 to 3008, got 511' },
  { key: 'fanOutMemoryMiB', config: { fanOutMemoryMiB: 3009 }, says: 'from 512 to 3008, got 3009' },
  {
    key: 'reservedConcurrency',
    config: { reservedConcurrency: 19 },
    says: 'as many as the timer asks of its function',
  },
  { key: 'reservedConcurrency', config: { reservedConcurrency: 1001 }, says: 'from 20 to 1000' },
  {
    key: 'reservedConcurrency',
    config: { reservedConcurrency: 29 },
    says: 'as many as fanOutConcurrency, which is 30',
  },
  {
    key: 'reservedConcurrency',
    config: { reservedConcurrency: 50, fanOutConcurrency: 51 },
    says: 'as many as fanOutConcurrency, which is 51, got 50',
  },
  {
    key: 'provisionedThroughput.maxReads',
    config: { provisionedThroughput: { maxWrites: 10 } },
    says: 'a whole number from 1',
  },
  {
    key: 'provisionedThroughput.maxReads',
    config: { provisionedThroughput: { maxReads: 4, maxWrites: 10 } },
    says: 'must be as much as minReads, which is 5, got 4',
  },
  {
    key: 'provisionedThroughput.maxWrites',
    config: { provisionedThroughput: { maxReads: 5, minWrites: 11, maxWrites: 10 } },
    says: 'must be as much as minWrites, which is 11, got 10',
  },
  {
    key: 'provisionedThroughput.targetPercent',
    config: { provisionedThroughput: { maxReads: 5, maxWrites: 10, targetPercent: 91 } },
    says: 'from 20 to 90',
  },
  {
    key: 'warmThroughput.writesPerSecond',
    config: { warmThroughput: { writesPerSecond: 3_999 } },
    says: 'from 4000 to',
  },
  {
    key: 'warmThroughput.readsPerSecond',
    config: {
      provisionedThroughput: { maxReads: 20_000, maxWrites: 10 },
      warmThroughput: { readsPerSecond: 12_000 },
    },
    says: 'must be as much as provisionedThroughput.maxReads, which is 20000, got 12000',
  },
  {
    key: 'warmThroughput.writesPerSecond',
    config: {
      provisionedThroughput: { maxReads: 10, maxWrites: 5_000 },
      warmThroughput: { writesPerSecond: 4_000 },
    },
    says: 'must be as much as provisionedThroughput.maxWrites, which is 5000, got 4000',
  },
  {
    key: 'auditTableClass',
    config: { auditTableClass: 'cold' },
    says: 'must be "standard" or "infrequent", got "cold"',
  },
  { key: 'dashboard', config: { dashboard: true }, says: 'must be "small", "full" or "none", got true' },
  ...[
    'http://wiki.example/runbook',
    'https://me:secret@wiki.example/runbook',
    'https://wiki.example/runbook#alarms',
    'https://wiki.example/run book',
    `https://wiki.example/${'x'.repeat(300)}`,
    'docs/runbook.md',
  ].map((runbookUrl) => ({
    key: 'runbookUrl',
    config: { runbookUrl },
    says: 'must be an https URL without credentials',
  })),
  { key: 'outbox', config: { outbox: 'topic' }, says: 'must be "none", "bus" or "queue", got "topic"' },
  { key: 'outbox', config: { outbox: true }, says: 'must be "none", "bus" or "queue", got true' },
  { key: 'outboxArn', config: { outboxArn: outboxArns.bus }, says: 'needs outbox to be "bus" or "queue"' },
  { key: 'outboxSecurityEvents', config: { outboxSecurityEvents: true }, says: 'needs outbox to be "bus" or "queue"' },
  {
    key: 'outboxArn',
    config: { outbox: 'bus', outboxArn: outboxArns.queue },
    says: 'must be the ARN of an EventBridge bus, since outbox is "bus"',
  },
  {
    key: 'outboxArn',
    config: { outbox: 'queue', outboxArn: outboxArns.bus },
    says: 'must be the ARN of an SQS FIFO queue, since outbox is "queue"',
  },
  {
    key: 'outboxArn',
    config: { outbox: 'queue', outboxArn: outboxArns.queue.replace('.fifo', '') },
    says: 'must be the ARN of a FIFO queue, whose name ends with ".fifo": another keeps no order',
  },
  ...['arn:aws:sns:eu-west-1:111122223333:orders', 'orders.fifo', 'arn:aws:events:eu-west-1:1:event-bus/x', ''].map(
    (outboxArn) => ({
      key: 'outboxArn',
      config: { outbox: 'queue', outboxArn },
      says: 'must be the ARN of an EventBridge bus or of an SQS FIFO queue',
    }),
  ),
  { key: 'outboxSecurityEvents', config: { outbox: 'bus', outboxSecurityEvents: 1 }, says: 'must be true or false' },
  { key: 'domain.name', config: { domain: { ...domain, name: 'Door' } }, says: 'a lower-case host name, got "Door"' },
  { key: 'domain.certificateArn', config: { domain: { name: domain.name } }, says: 'ACM certificate, got nothing' },
  { key: 'domain.hostedZoneId', config: { domain: { ...domain, hostedZoneId: 'x' } }, says: 'Route 53 hosted zone' },
  { key: 'stage', config: { stage: 'dev' }, says: 'is no known key; expected one of authTimeoutSeconds' },
  { key: 'issuers', config: { issuers: { ...issuer } }, says: 'must be a list' },
  { key: 'issuers.0', config: { issuers: ['https://id.example.com'] }, says: 'an object with keys of alias' },
  { key: 'issuers.0.alias', config: { issuers: [{ ...issuer, alias: 'Shop' }] }, says: '1 to 16 of a-z' },
  { key: 'issuers.0.alias', config: { issuers: [{}] }, says: 'got nothing' },
  { key: 'issuers.0.audience', config: { issuers: [{ ...issuer, audience: [] }] }, says: 'a list of audiences' },
  { key: 'issuers.0.audience', config: { issuers: [{ ...issuer, audience: 'a b' }] }, says: 'printable ASCII' },
  { key: 'issuers.0.issuer', config: { issuers: [{ ...issuer, issuer: 'http://id.example.com' }] }, says: 'https' },
  {
    key: 'issuers.0.issuer',
    config: { issuers: [{ ...issuer, issuer: 'https://a:b@c.example' }] },
    says: 'credentials',
  },
  { key: 'issuers.0.jwksUri', config: { issuers: [{ ...issuer, jwksUri: 'https://a.example/#k' }] }, says: 'fragment' },
  { key: 'issuers.0.jwksUri', config: { issuers: [{ ...issuer, jwksUri: 'file:///etc/keys' }] }, says: 'https URL' },
  { key: 'issuers.0.algorithms.0', config: { issuers: [{ ...issuer, algorithms: ['none'] }] }, says: 'one of RS256' },
  {
    key: 'issuers.0.algorithms.1',
    config: { issuers: [{ ...issuer, algorithms: ['RS256', 'HS256'] }] },
    says: 'HS256',
  },
  { key: 'issuers.0.algorithms', config: { issuers: [{ ...issuer, algorithms: [] }] }, says: 'must not be empty' },
  {
    key: 'issuers.0.maxTokenLifetimeSeconds',
    config: { issuers: [{ ...issuer, maxTokenLifetimeSeconds: 604_801 }] },
    says: 'from 60 to 604800',
  },
  {
    key: 'issuers.1.alias',
    config: { issuers: [issuer, { ...issuer, issuer: 'https://other.example' }] },
    says: 'must differ from those before it, got "shop"',
  },
  { key: 'issuers.1.issuer', config: { issuers: [issuer, { ...issuer, alias: 'b' }] }, says: 'must differ' },
])('names $key and says "$says"', ({ key, config, says }) => {
  const error = errorOf(() => parseStageConfig('config/dev.json', JSON.stringify(config)));

  expect(error).toMatchObject({ code: 'CONFIG_INVALID', file: 'config/dev.json', key });
  expect(error.message).toMatch(new RegExp(`^config/dev\\.json: ${key.replaceAll('.', '\\.')} `));
  expect(error.message).toContain(says);
  expect(error.message).not.toContain('\n');
});

test.each(['__proto__', 'constructor', 'toString'])('%s is an unknown key as any other', (key) => {
  expect(errorOf(() => parseStageConfig('config/dev.json', `{"${key}": {}}`)).key).toBe(key);
});

test.each(['[]', '5', 'null', '"x"'])('%s as the whole file is refused', (content) => {
  expect(errorOf(() => parseStageConfig('config/dev.json', content)).message).toContain('must be an object');
});

test('an entry that stands twice is refused by its line: the first one would be lost', () => {
  const twice =
    '{\n  "extends": "restaurant",\n  "events": {\n    "order.created": null,\n    "order.created": null\n  }\n}';
  expect(errorOf(() => parseStageConfig('config/dev.json', twice)).message).toBe(
    'config/dev.json must have each key of an object once, got one twice in line 5',
  );
});

test('a value that is nested too deep to be shown is refused all the same', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  expect(errorOf(() => parseStageConfig('config/dev.json', `{"events":${deep}}`)).message).toMatch(
    /^config\/dev\.json: events must be .*, got what is nested too deep to be shown$/,
  );
});

test('what is no JSON is said to be none', () => {
  expect(errorOf(() => parseStageConfig('config/dev.json', '{,}')).message).toMatch(
    /^config\/dev\.json is not JSON \(/,
  );
});

test('a long wrong value is not repeated in full', () => {
  const error = errorOf(() => parseStageConfig('f', JSON.stringify({ accountLogRole: 'x'.repeat(5000) })));
  expect(error.message.length).toBeLessThan(200);
});

describe('a stage', () => {
  test('without a file is refused with the stages that have one', () => {
    const directory = mkdtempSync(join(tmpdir(), 'maitred-config-'));
    try {
      writeFileSync(join(directory, 'prod.json'), '{}');
      writeFileSync(join(directory, 'dev.json'), '{}');
      mkdirSync(join(directory, 'notes'));
      const { message } = errorOf(() => readStageConfig(directory, 'proud'));
      expect(message).toBe('config/proud.json cannot be read; stages with a file are dev, prod');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.each(['../secrets', 'a/b', '', 'Dev', '9', 'a'.repeat(21)])('cannot be called "%s"', (stage) => {
    expect(errorOf(() => readStageConfig('config', stage)).message).toMatch(/^stage name must be /);
  });

  test.each([
    { why: 'with a user pool of its own', issuers: [] },
    { why: 'with an issuer elsewhere', issuers: [issuer] },
    {
      why: 'with one here and one elsewhere',
      issuers: [
        { ...issuer, issuer: 'http://localhost' },
        { ...issuer, alias: 'b' },
      ],
    },
  ])('$why takes no pages of the network around a developer', ({ issuers }) => {
    const directory = mkdtempSync(join(tmpdir(), 'maitred-config-'));
    try {
      writeFileSync(join(directory, 'dev.json'), JSON.stringify({ issuers, developmentOrigins: true }));
      expect(errorOf(() => readStageConfig(directory, 'dev'))).toMatchObject({
        code: 'CONFIG_INVALID',
        key: 'developmentOrigins',
        message: expect.stringContaining('is for the local gateway alone'),
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('on this machine alone takes them, and no other that comes with the project does', () => {
    const taking = ['bench', 'dev', 'local', 'test'].filter(
      (name) => readStageConfig('config', name).developmentOrigins,
    );
    expect(taking).toEqual(['local']);
  });

  test.each(['dev', 'local'])('%s that comes with the project is valid', (stage) => {
    expect(readStageConfig('config', stage).authTimeoutSeconds).toBe(5);
  });
});

test('every log retention on offer is one of CloudWatch, and only for ever is missing', () => {
  const known = Object.values(RetentionDays).filter((days) => typeof days === 'number');
  expect([...logRetentionDays, RetentionDays.INFINITE]).toEqual(known.sort((a, b) => a - b));
});
