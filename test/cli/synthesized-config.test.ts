/** A gateway's configuration as the app was synthesized last: what lies beside its functions. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { synthesizedConfig } from '../../bin/synthesized-config.ts';
import { environment } from '../../lambdas/env.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { stageFileName, stageFileOf } from '../../config-schema/stage-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-synthesized-'));
  writeFileSync(join(folder, 'cdk.json'), '{ "app": "node app.mjs", "output": "made" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

const variables = { [environment.stage]: 'live', [environment.connectionsTable]: { Ref: 'Connections' } };

/** An assembly of stacks, each with functions of the app's own and with those of gateways by their deadline. */
const synthesize = (stacks: Readonly<Record<string, readonly number[]>>, dir = join(folder, 'made')): void => {
  const write = (path: string, value: unknown): void =>
    writeFileSync(join(dir, path), typeof value === 'string' ? value : JSON.stringify(value));
  mkdirSync(join(dir, 'asset.own'), { recursive: true });
  write(join('asset.own', stageFileName), '{ "lights": "on" }');
  const files: Record<string, unknown> = {
    own: { source: { path: 'asset.own' }, destinations: { here: { objectKey: 'own.zip' } } },
  };
  const artifacts: Record<string, unknown> = {
    assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
  };
  for (const [stack, deadlines] of Object.entries(stacks)) {
    const resources: Record<string, unknown> = {
      Own: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: 'x' } } },
      OwnOfStages: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { S3Bucket: 'b', S3Key: 'own.zip' }, Environment: { Variables: { STAGE: 'live' } } },
      },
    };
    for (const authTimeoutSeconds of deadlines) {
      const asset = `asset.${stack}${authTimeoutSeconds}`;
      mkdirSync(join(dir, asset));
      write(join(asset, stageFileName), stageFileOf(v.parse(StageConfig, { authTimeoutSeconds })));
      files[asset] = { source: { path: asset }, destinations: { here: { objectKey: `${asset}.zip` } } };
      resources[`Connect${authTimeoutSeconds}`] = {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { S3Bucket: 'b', S3Key: `${asset}.zip` }, Environment: { Variables: variables } },
      };
    }
    artifacts[stack] = { type: 'aws:cloudformation:stack', properties: { templateFile: `${stack}.json` } };
    write(`${stack}.json`, { Resources: resources });
  }
  write('assets.json', { files });
  write('manifest.json', { version: '48.0.0', artifacts });
};

test('is that of the only gateway, wherever cdk.json has the assembly written', () => {
  synthesize({ Shop: [], Running: [7] });
  expect(synthesizedConfig(undefined, folder).authTimeoutSeconds).toBe(7);
  expect(synthesizedConfig(['Shop', 'Running'], folder).authTimeoutSeconds).toBe(7);
});

test.each([
  { why: 'an absolute path', settings: { app: 'node app.mjs', output: '/elsewhere' } },
  { why: 'the app itself, which is an assembly', settings: { app: 'elsewhere' } },
  { why: 'the app itself, by an absolute path', settings: { app: '/elsewhere' } },
])('is found where the assembly is $why', ({ settings }) => {
  const text = JSON.stringify(settings).replace('/elsewhere', join(folder, 'elsewhere'));
  writeFileSync(join(folder, 'cdk.json'), text);
  synthesize({ Shop: [7] }, join(folder, 'elsewhere'));
  expect(synthesizedConfig(undefined, folder).authTimeoutSeconds).toBe(7);
});

test('is asked for by a stack where there are several', () => {
  synthesize({ North: [7], South: [9] });
  expect(synthesizedConfig(['South'], folder).authTimeoutSeconds).toBe(9);
  expect(() => synthesizedConfig(undefined, folder)).toThrow(
    `${join(folder, 'made')} has several gateways, in North, South: say which with --stack`,
  );
});

test('two that are named at once are not asked for by a stack again', () => {
  synthesize({ Shop: [7, 9] });
  expect(() => synthesizedConfig(['Shop'], folder)).toThrow(
    `${join(folder, 'made')} has several gateways, in Shop: commands are for stacks with one.`,
  );
});

test.each([
  { why: 'a stack that is not there', names: ['West'], says: 'has no stack West: it has North, Shop.' },
  { why: 'a stack without one', names: ['Shop'], says: 'has no gateway in Shop.' },
])('refuses $why', ({ names, says }) => {
  synthesize({ North: [7], Shop: [] });
  expect(() => synthesizedConfig(names, folder)).toThrow(`${join(folder, 'made')} ${says}`);
});

test('asks for a synthesis where there was none', () => {
  expect(() => synthesizedConfig(undefined, folder)).toThrow('synthesize the app first.');
});
