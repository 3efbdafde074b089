import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { stacks, templatesOf } from '../lib/templates.ts';

const made = stacks();
const { state, gateway, monitoring } = templatesOf(made);

test('what is watched does not know that it is, and can be removed', () => {
  expect(JSON.stringify(monitoring.toJSON())).not.toContain('Fn::ImportValue');
  for (const watched of [state, gateway])
    for (const output of Object.values(watched.toJSON()['Outputs'])) expect(output).not.toHaveProperty('Export');
});

test('its stack is deployed after what it watches, which is deployed after what is kept', () => {
  expect(
    Stack.of(made.monitoring)
      .dependencies.map(({ stackName }) => stackName)
      .sort(),
  ).toEqual(['maitred-test-gateway']);
});
