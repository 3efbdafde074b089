/** What each resource and output of a stage's templates is, as a digest under its logical id: a change of one shows by name. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extremeConfig } from '../config-schema/extreme-configs.ts';
import { type Templates, templates } from './templates.ts';

const issuers = [{ alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' }];

/** By the name of their file in `digests/`. */
export const digested: Readonly<Record<string, unknown>> = {
  default: {},
  'kept-pool': { issuers, keepUserPool: true, accountLogRole: 'existing', outbox: 'bus', outboxSecurityEvents: true },
  'own-queue': { outbox: 'queue', alarmEmails: ['on-call@example.com'], accountLogRole: 'create' },
  everything: extremeConfig('everything'),
  smallest: extremeConfig('smallest'),
};

export type Digests = Readonly<Record<string, string>>;

export const digestsOf = (made: Templates): Digests =>
  Object.fromEntries(
    (['state', 'gateway', 'monitoring'] as const).flatMap((stack) =>
      Object.entries(made[stack].toJSON()).flatMap(([section, entries]) =>
        Object.entries(entries as object).map(([id, value]) => [`${stack} ${section} ${id}`, digestOf(value)]),
      ),
    ),
  );

export const digestsWith = (name: string): Digests => digestsOf(templates(Object(digested[name])));

export const digestFile = (name: string): string => join(import.meta.dirname, 'digests', `${name}.json`);

export const keptDigests = (name: string): Digests => JSON.parse(readFileSync(digestFile(name), 'utf8'));

const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 12);

/** The order of properties says nothing to CloudFormation. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
};
