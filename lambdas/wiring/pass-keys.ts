/** The keys of re-entry passes, for the two functions that need them. */
import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { passKeyTable } from '../dynamodb/pass-keys.ts';
import { type Environment, environment, textFrom } from '../env.ts';
import type { PassKeyRing } from '../ports.ts';
import { sandboxPassKeys } from '../reentry/sandbox-pass-keys.ts';

export const passKeyRing = (client: DynamoDBDocumentClient, env: Environment): PassKeyRing =>
  sandboxPassKeys(
    passKeyTable({ client, tableName: textFrom(env, environment.budgetsTable) }, () =>
      randomBytes(32).toString('base64url'),
    ),
    Date.now,
  );
