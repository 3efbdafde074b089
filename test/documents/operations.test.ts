/** What docs/operations.md says stays at a teardown is what the templates keep. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { templates } from '../lib/templates.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');

test('what stays of a stage is what its templates retain', () => {
  const { state, gateway, monitoring } = templates({ accountLogRole: 'existing', alarmEmails: ['a@example.com'] });
  const retained = [state, gateway, monitoring]
    .flatMap((template) => Object.values<{ Type: string; DeletionPolicy?: string }>(template.toJSON()['Resources']))
    .filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
  const byType = Map.groupBy(retained, ({ Type }) => Type);
  expect(Object.fromEntries([...byType].map(([type, all]) => [type, all.length]))).toEqual({
    'AWS::DynamoDB::GlobalTable': 5,
    'AWS::Cognito::UserPool': 1,
    'AWS::Cognito::UserPoolClient': 1,
    // Of the functions, and the access log.
    'AWS::Logs::LogGroup': 7 + 1,
  });
  expect(page.replaceAll('\n', ' ')).toContain(
    '**What stays, on purpose**: five tables and the user pool, all with deletion protection, the client of the pool, the log groups of the seven functions and of the access log',
  );
});
