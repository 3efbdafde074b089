/** A gateway that somebody has in one stack keeps what it has, too: the addresses and names below its construct's never change. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template as Synthesized } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Maitred, type MaitredProps } from '../../lib/maitred.ts';
import { lastingTypes, refusedChanges, type Template } from './template-changes.ts';

const full: MaitredProps = {
  outbox: 'queue',
  accountLogRole: 'existing',
  alarmEmails: ['on-call@example.com'],
  domain: {
    name: 'door.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/7b1e',
    hostedZoneId: 'Z0123456789ABC',
    hostedZoneName: 'example.com',
  },
};

const lastingOf = (props: MaitredProps): Template => {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  new Maitred(stack, 'Door', { ...props, code: () => () => Code.fromInline('// none') });
  // As it is in the file: the CDK's own objects are of another realm, and equal to nothing of this one.
  const { Resources }: Template = JSON.parse(JSON.stringify(Synthesized.fromStack(stack).toJSON()));
  rmSync(app.outdir, { recursive: true });
  return {
    Resources: Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => lastingTypes.includes(Type))),
  };
};

test.each([
  { name: 'default', props: {} },
  { name: 'full', props: full },
])('a gateway in one stack ($name) can be updated to what is here', ({ name, props }) => {
  const now = lastingOf(props);
  const before: Template = JSON.parse(readFileSync(join(import.meta.dirname, 'one-stack', `${name}.json`), 'utf8'));
  expect(refusedChanges(before, now)).toEqual([]);
  // Whoever gets something new that lasts writes it here in the release that has it.
  expect(Object.keys(now.Resources).sort()).toEqual(Object.keys(before.Resources).sort());
});
