/** The workflow that docs/ci.md offers to be copied: it can be read, asks for no more than it needs, and says commands that are there. */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { npmCommandsOf } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

// The reader of YAML that the CDK brings.
const here = createRequire(import.meta.url);
const yaml: { parse: (text: string) => unknown } = createRequire(here.resolve('aws-cdk-lib'))('yaml');

const Step = v.strictObject({
  name: v.optional(v.string()),
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown())),
});
const Workflow = v.object({
  on: v.unknown(),
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(v.string(), v.object({ environment: v.optional(v.string()), steps: v.array(Step) })),
});

const path = 'docs/deploy-workflow.yml';
const text = textOf(path);
const workflow = v.parse(Workflow, yaml.parse(text));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run])).join('\n');

test('it deploys on a tag, as the environment that the role trusts', () => {
  expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
  expect(workflow.jobs['deploy']?.environment).toBe('prod');
  expect(textOf('docs/ci.md')).toContain('"repo:<owner>/<repository>:environment:prod"');
});

test('it may read the repository and say who it is, and has no secret', () => {
  expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(text).not.toMatch(/secrets\.|AKIA|aws_secret/i);
});

test('every variable that it takes from the repository is named on its page', () => {
  const named = [...text.matchAll(/\$\{\{ (\S+) \}\}/g)].map(([, name = '']) => name);
  expect(named.toSorted()).toEqual(['vars.AWS_REGION', 'vars.DEPLOY_ROLE_ARN']);
  for (const name of named) expect(textOf('docs/ci.md')).toContain(`\`${name.replace('vars.', '')}\``);
});

test.each([path, '.github/workflows/ci.yml'])('%s pins every action by its major version', (file) => {
  const { jobs } = v.parse(v.object({ jobs: v.record(v.string(), v.unknown()) }), yaml.parse(textOf(file)));
  const used = [...JSON.stringify(jobs).matchAll(/"uses":"([^"]+)"/g)].map(([, action = '']) => action);
  expect(used.length).toBeGreaterThan(1);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
});

test('every npm command in it is there, and what npx runs is installed and not fetched', () => {
  const scripts = Object.keys(JSON.parse(textOf('package.json')).scripts);
  const said = npmCommandsOf(`\`\`\`sh\n${commands}\n\`\`\``);
  expect(said.map(({ name }) => name)).toEqual(['ci', 'smoke']);
  for (const { run, name } of said) if (run) expect(scripts).toContain(name);
  const npx = [...commands.matchAll(/\bnpx (\S+) (\S+)/g)].map(([, option, tool]) => [option, tool]);
  expect(npx).toEqual([
    ['--no', 'cdk'],
    ['--no', 'cdk'],
  ]);
});

test('nothing in it waits for somebody at a terminal', () => {
  expect(commands).toMatch(/cdk deploy .*--require-approval never/);
});

test('no command of ours asks a question', () => {
  const asking = globSync('{bin,client,local,lib}/**/*.ts', { cwd: root }).filter((file) =>
    /readline|\.question\(|\bprompt\(/.test(textOf(file)),
  );
  expect(asking).toEqual([]);
});

test('the policies on its page are JSON, and the role may do what the workflow does', () => {
  const [, ...blocks] = textOf('docs/ci.md').split('```json\n');
  const policies = blocks.map((block) => JSON.parse(block.split('```')[0] ?? ''));
  const actions = policies.flatMap(({ Statement }) => Statement.map(({ Action }: { Action: string }) => Action));
  expect(actions).toEqual(['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'ssm:GetParameter']);
});
