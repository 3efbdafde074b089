/** Commands for a deployed stage find region and credentials as the AWS CLI does, and say in one sentence what to set. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTarget } from '../../bin/target.ts';

const dir = mkdtempSync(join(tmpdir(), 'maitred-aws-'));
const asked: string[] = [];
let stands: string | undefined;
let refusal = { code: 'ValidationError', message: 'Stack with id maitred-dev-state does not exist' };
/** Stands in for CloudFormation: it notes who asks in which region, and refuses. */
const server = createServer((request, response) => {
  asked.push(
    /Credential=(\S+?)\/\d{8}\/([\w-]+)\//
      .exec(request.headers.authorization ?? '')
      ?.slice(1, 3)
      .join(' in ') ?? '',
  );
  if (stands !== undefined) return response.writeHead(200, { 'content-type': 'text/xml' }).end(stands);
  const { code, message } = refusal;
  return response
    .writeHead(400, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});

const before = { ...process.env };
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_'))) delete process.env[name];
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(dir, 'nothing');
  asked.length = 0;
  stands = undefined;
});
afterEach(() => {
  process.env = { ...before };
});

const key = { AWS_ACCESS_KEY_ID: 'KEY', AWS_SECRET_ACCESS_KEY: 'secret' };
const config = join(dir, 'config');
writeFileSync(
  config,
  `[default]
region = eu-south-1
[profile kitchen]
region = eu-west-3
aws_access_key_id = KITCHEN
aws_secret_access_key = secret
[profile bare]
aws_access_key_id = BARE
aws_secret_access_key = secret
[profile sso]
region = eu-west-3
sso_session = s
sso_account_id = 000000000000
sso_role_name = r
[sso-session s]
sso_start_url = https://sso.example/start
sso_region = eu-west-3
`,
);
const files = { AWS_CONFIG_FILE: config };

test.each([
  { why: 'AWS_REGION', env: { ...key, AWS_REGION: 'eu-west-1' }, as: 'KEY in eu-west-1' },
  { why: 'AWS_DEFAULT_REGION alone', env: { ...key, AWS_DEFAULT_REGION: 'eu-west-2' }, as: 'KEY in eu-west-2' },
  {
    why: 'both, of which the CLI takes AWS_REGION',
    env: { ...key, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' },
    as: 'KEY in eu-west-1',
  },
  { why: 'an empty one', env: { ...key, AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' }, as: 'KEY in eu-west-2' },
  { why: 'a profile', env: { ...files, AWS_PROFILE: 'kitchen' }, as: 'KITCHEN in eu-west-3' },
  {
    why: 'a profile, and another region',
    env: { ...files, AWS_PROFILE: 'kitchen', AWS_DEFAULT_REGION: 'eu-west-2' },
    as: 'KITCHEN in eu-west-2',
  },
  { why: "the default profile's region", env: { ...files, ...key }, as: 'KEY in eu-south-1' },
])('a stage is looked for by $why', async ({ env, as }) => {
  Object.assign(process.env, env);
  await expect(openTarget({ stage: 'dev' })).rejects.toMatchObject({
    code: 'not_found',
    message:
      'There is no stack maitred-dev-state in this account and region: deploy it, or set AWS_REGION and AWS_PROFILE to where it is.',
  });
  expect(asked).toEqual([as]);
});

test.each([
  {
    why: 'a region',
    env: key,
    says: /^No AWS region is set: set AWS_REGION or AWS_DEFAULT_REGION, or AWS_PROFILE .*\.$/,
  },
  { why: 'the region of a profile', env: { ...files, AWS_PROFILE: 'bare' }, says: /^No AWS region is set: / },
  {
    why: 'credentials',
    env: { AWS_REGION: 'eu-west-1' },
    says: /^No AWS credentials are there: set AWS_PROFILE .*aws sso login/,
  },
  {
    why: 'a profile of that name',
    env: { ...files, AWS_REGION: 'eu-west-1', AWS_PROFILE: 'nobody' },
    says: /^No AWS credentials are there/,
  },
  {
    why: 'a login with SSO',
    env: { ...files, AWS_PROFILE: 'sso' },
    says: /^No AWS credentials are there: .*SSO session token .* run 'aws sso login'/,
  },
])('without $why a command says in one sentence what to set', async ({ env, says }) => {
  Object.assign(process.env, env);
  await expect(openTarget({ stage: 'dev' })).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(says),
  });
  expect(asked).toEqual([]);
});

test.each(['ExpiredToken', 'InvalidClientTokenId', 'SignatureDoesNotMatch'])(
  'credentials that AWS refuses with %s are named as such',
  async (code) => {
    Object.assign(process.env, key, { AWS_REGION: 'eu-west-1' });
    refusal = { code, message: 'The security token included in the request is expired' };
    await expect(openTarget({ stage: 'dev' })).rejects.toMatchObject({
      code: 'failed',
      message: `AWS does not take these credentials (${code}): log in anew, or set AWS_PROFILE to the profile that is meant.`,
    });
  },
);

test('what else AWS says is told as it is', async () => {
  Object.assign(process.env, key, { AWS_REGION: 'eu-west-1' });
  refusal = { code: 'AccessDenied', message: 'User is not authorized to perform cloudformation:DescribeStacks' };
  await expect(openTarget({ stage: 'dev' })).rejects.toMatchObject({ message: refusal.message });
});

const output = (key: string, value: string, description?: string) =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue>${description === undefined ? '' : `<Description>${description}</Description>`}</member>`;
const stackOf = (outputs: string) =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><Outputs>${outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

test("a deployed app's gateway is found by the names of its stacks, each asked once", async () => {
  Object.assign(process.env, key, { AWS_REGION: 'eu-west-1' });
  const names = ['Connections', 'Memberships', 'Audit', 'Events', 'Budgets'].map((table) => `${table}TableName`);
  const urls = ['ManagementUrl', 'WebSocketUrl', 'EventQueueUrl', 'EventDeadLettersUrl'];
  stands = stackOf(
    [...names, ...urls, 'IssuerAliases']
      .map((name) => output(`Door${name}1A2B3C4D`, urls.includes(name) ? `https://x/live/${name}` : `the ${name}`))
      .join(''),
  );
  const target = await openTarget({ stack: ['Shop'] });
  expect(asked).toEqual(['KEY in eu-west-1']);
  expect(target.audit.tableName).toBe('the AuditTableName');
  expect({ issuer: target.onlyIssuer, outbox: target.outbox }).toEqual({
    issuer: 'the IssuerAliases',
    outbox: undefined,
  });
});

test('outputs prints of each stack what is for people, with what it is', async () => {
  const members = output('WebSocketUrl', 'wss://x/dev', 'What devices connect to') + output('PublishOutputRef1', 'y');
  stands = stackOf(members);
  const child = spawn(process.execPath, ['bin/outputs.ts', '--stage', 'dev'], {
    env: { ...process.env, ...key, AWS_DEFAULT_REGION: 'eu-west-2' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(said.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ...Array.from({ length: 3 }, () => ['WebSocketUrl', 'wss://x/dev', 'What devices connect to']),
    [''],
  ]);
  expect(asked).toEqual(Array.from({ length: 3 }, () => 'KEY in eu-west-2'));
});
