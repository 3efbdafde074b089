import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { bundledCode, entryNames } from '../../lib/bundle.ts';

let projectDir: string;
beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'maitred-bundle-'));
  mkdirSync(join(projectDir, 'lambdas'));
  for (const entry of entryNames)
    writeFileSync(join(projectDir, 'lambdas', `${entry}.lambda.ts`), 'export const handler = () => 1;\n');
});
afterEach(() => rmSync(projectDir, { recursive: true }));

/** A stack with one function, made of the project's entry `message`. */
const deploy = (context: object = {}): void => {
  const app = new App({ context, outdir: join(projectDir, 'out') });
  new LambdaFunction(new Stack(app, 'stack'), 'Function', {
    code: bundledCode(projectDir)('message'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
};

test('a project that can be bundled is', () => {
  expect(() => deploy()).not.toThrow();
});

test.each([
  { why: 'an import that leads nowhere', code: "import './gone.ts';", says: 'Could not resolve "./gone.ts"' },
  { why: 'no TypeScript', code: 'export const = 5;', says: 'Expected identifier but found "="' },
])('$why is named with its place', ({ code, says }) => {
  writeFileSync(join(projectDir, 'lambdas', 'message.lambda.ts'), `\n${code}\n`);

  expect(() => deploy()).toThrow(`BundleError: the functions cannot be bundled: ${says} (lambdas/message.lambda.ts:2)`);
});

test('an entry that is missing is named', () => {
  rmSync(join(projectDir, 'lambdas', 'connect.lambda.ts'));

  expect(() => deploy()).toThrow('the functions cannot be bundled: Could not resolve "lambdas/connect.lambda.ts"');
});

test('a command of the CDK that needs no code does not wait for it', () => {
  rmSync(join(projectDir, 'lambdas', 'connect.lambda.ts'));

  expect(() => deploy({ 'aws:cdk:bundling-stacks': [] })).not.toThrow();
});
