import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import { fullTest } from '../harness/runs.ts';
import { functionIds, type Stacks, stacks } from './templates.ts';

type Acknowledgement = Readonly<{ path: string; id: string; reason: string }>;

const apps: App[] = [];
afterEach(() => {
  for (const app of apps.splice(0)) rmSync(app.outdir, { recursive: true });
});
const appOf = (config: object): App => {
  const { app }: Stacks = stacks(config);
  apps.push(app);
  return app;
};

/** `rule resource` for each finding of the packs; those that are acknowledged, too, when `everything` is wanted. */
const findings = (app: App, wanted: 'everything' | 'unacknowledged'): string[] => {
  const packs: NagPack[] = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
  return packs.flatMap((pack) => {
    if (wanted === 'everything') Object.assign(pack, { isAcknowledged: () => false });
    return pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );
  });
};

const acknowledgements = (app: App): Acknowledgement[] =>
  app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, string>).map(([id, reason]) => ({
          path: node.path,
          id: id.replace(/^annotation::/i, ''),
          reason,
        })),
      ),
  );

const issuers = [{ alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' }];
const domain = {
  name: 'door.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/7b1e',
  hostedZoneId: 'Z0123456789ABC',
  hostedZoneName: 'example.com',
};

describe.each([
  { why: 'by default', config: {} },
  { why: 'with an issuer', config: { issuers } },
  { why: 'with logs by the role the account has', config: { accountLogRole: 'existing' } },
  { why: 'with logs and the role for them', config: { accountLogRole: 'create' } },
  { why: 'with an outbox to a bus', config: { outbox: 'bus' } },
  { why: 'with an outbox to a queue', config: { outbox: 'queue' } },
  { why: 'with everything', config: { issuers, domain, alarmEmails: ['oncall@example.com'], reservedConcurrency: 50 } },
])('a stage $why', ({ config }) => {
  test('has no finding that is not acknowledged', () => {
    expect(findings(appOf(config), 'unacknowledged')).toEqual([]);
  });

  test('acknowledges what is found, each at one resource and for a reason, and nothing else', () => {
    const app = appOf(config);
    const found = findings(app, 'everything');
    const acknowledged = acknowledgements(app);
    for (const { path, id, reason } of acknowledged) {
      const meant = found.filter((finding) => finding.startsWith(`${id} ${path}/`));
      expect({ path, id, findings: meant.length }).toEqual({ path, id, findings: 1 });
      expect(reason).toMatch(/^[A-Z].{40,}\.$/);
    }
    expect(found).toHaveLength(acknowledged.length);
  });
});

test('what is acknowledged is this', () => {
  const app = appOf({});
  const byRule = Map.groupBy(acknowledgements(app), ({ id }) => id.replace(/\[.*/, ''));
  const summary = Object.fromEntries([...byRule].map(([rule, all]) => [rule, all.map(({ path }) => path)]));
  const functions = functionIds.map((id) => `maitred-test-gateway/Default/${id}/Function`);
  const door = 'maitred-test-gateway/Default/Door';
  const callers = ['Authenticate', 'Message', 'AuthTimeout', 'FanOut', 'Redeliver'].map(
    (id) => `maitred-test-gateway/Default/${id}/Role`,
  );
  expect(summary).toEqual({
    'AwsSolutions-COG2': ['maitred-test-state/Default/UserPool/Pool'],
    'AwsSolutions-COG8': ['maitred-test-state/Default/UserPool/Pool'],
    'AwsSolutions-APIG1': [`${door}/Stage`],
    'Serverless-APIGWAccessLogging': [`${door}/Stage`],
    'AwsSolutions-APIG4': ['$connect', '$disconnect', '$default', 'authenticate', 'reauth'].map(
      (key) => `${door}/Api/${key}-Route`,
    ),
    // POST and DELETE, each by itself.
    'AwsSolutions-IAM5': callers.flatMap((path) => [path, path]),
    'Serverless-SQSRedrivePolicy': [
      'maitred-test-gateway/Default/AuthTimer/DeadLetters',
      'maitred-test-gateway/Default/EventQueue/DeadLetters',
      'maitred-test-gateway/Default/Redelivery/Queue',
    ],
    'AwsSolutions-SQS3': ['maitred-test-gateway/Default/Redelivery/Queue'],
    'Serverless-LambdaDLQ': functions,
    'Serverless-LambdaTracing': functions,
    'Serverless-LambdaEventSourceMappingDestination': [
      'maitred-test-gateway/Default/AuthTimeout/Function/Timer',
      'maitred-test-gateway/Default/FanOut/Function/Events',
      'maitred-test-gateway/Default/Redeliver/Function/Posts',
    ],
  });
});

describe('a finding that nobody acknowledged', () => {
  /** The project's app with one acknowledgement misspelt, in a folder of its own; nothing is bundled. */
  const synthesisWithout = (id: string, file: string, environment: NodeJS.ProcessEnv) => {
    const projectDir = mkdtempSync(join(tmpdir(), 'maitred-rule-packs-'));
    try {
      for (const name of ['bin', 'lib', 'config', 'package.json'])
        cpSync(name, join(projectDir, name), { recursive: true });
      for (const name of ['node_modules', 'config-schema', 'lambdas', 'presets', 'protocol'])
        symlinkSync(join(process.cwd(), name), join(projectDir, name));
      const source = readFileSync(join(projectDir, file), 'utf8');
      expect(source).toContain(id);
      writeFileSync(join(projectDir, file), source.replace(id, 'AwsSolutions-NONE'));
      const { CDK_VALIDATION: _, ...inherited } = process.env;
      const context = { ...JSON.parse(readFileSync('cdk.json', 'utf8')).context, 'aws:cdk:bundling-stacks': [] };
      const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', 'bin/app.ts'], {
        cwd: projectDir,
        encoding: 'utf8',
        env: {
          ...inherited,
          CDK_OUTDIR: join(projectDir, 'cdk.out'),
          CDK_CONTEXT_JSON: JSON.stringify(context),
          ...environment,
        },
      });
      return { status, found: stderr.match(/^(?:ERROR|WARNING) .*$/gm) ?? [] };
    } finally {
      rmSync(projectDir, { recursive: true });
    }
  };

  const expectFailure = (id: string, file: string, told: string): void => {
    const { status, found } = synthesisWithout(id, file, {});
    expect(found).toContain(told);
    expect(new Set(found)).toEqual(new Set([told]));
    expect(status).toBe(1);
  };

  test('fails the synthesis, even when it is a warning', () => {
    const told = 'WARNING The Lambda function does not have tracing set to Tracing.ACTIVE. (Serverless)';
    expectFailure('Serverless-LambdaTracing', 'lib/gateway-function.ts', told);
  });

  // A synthesis with its rule packs takes 4 s of processor time, and where a warning fails it an error will.
  fullTest('fails the synthesis when it is an error', () => {
    const told = 'ERROR The Cognito user pool is not on the plus tier / feature plan. (AwsSolutions)';
    expectFailure('AwsSolutions-COG8', 'lib/own-user-pool.ts', told);
  });

  test('is not looked for where nothing is validated, so that a start stays fast', () => {
    const unchecked = synthesisWithout('AwsSolutions-COG8', 'lib/own-user-pool.ts', { CDK_VALIDATION: 'false' });
    expect(unchecked).toEqual({ status: 0, found: [] });
  });
});
