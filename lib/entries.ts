/** The deployed entries, each `lambdas/<name>.lambda.ts`. */
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Transport } from '../config-schema/stage-config.ts';

export const entryNames = [
  'connect',
  'authenticate',
  'message',
  'disconnect',
  'auth-timeout',
  'fan-out',
  'redeliver',
  'outbox',
] as const;
export type EntryName = (typeof entryNames)[number];
/** Those that are deployed only where the configuration asks for them. */
export const optionalEntries = ['outbox'] as const satisfies readonly EntryName[];
export type OptionalEntry = (typeof optionalEntries)[number];

/** The code of an entry. */
export type CodeOf = (entry: EntryName) => Code;
/**
 * The code of all entries over a transport, with this file of the stage's configuration beside each.
 *
 * @internal
 */
export type FunctionsCode = (stageFile: string, transport: Transport) => CodeOf;
