/** What v0.1.0 wrote, byte for byte. `README.md` says why nothing of it may be made again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Template } from './template-changes.ts';

export const baselineDir = join(import.meta.dirname, 'v0.1.0');

/** An item as the table's own client hands it over, types included. */
export type StoredItem = Readonly<Record<string, AttributeValue>>;

/** A message as it was handed to SQS, without the queue's address. */
export type SentMessage = Readonly<{
  MessageBody: string;
  DelaySeconds?: number;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
  MessageAttributes?: Readonly<Record<string, Readonly<{ DataType: string; StringValue: string }>>>;
}>;

type TableFile = 'connections' | 'memberships' | 'audit' | 'budgets' | 'events';
type Configuration = 'default' | 'full';

const read = (path: string) => JSON.parse(readFileSync(join(baselineDir, path), 'utf8'));

/** The items of a table, one of every kind, by what they are. */
export const itemsOf = (table: TableFile): ReadonlyMap<string, StoredItem> =>
  named(read(`items/${table}.json`), ({ what, item }: { what: string; item: StoredItem }) => [what, item]);

/** The messages of a queue, one of every kind, by what they are. */
export const messagesOf = (queue: 'timer' | 'events' | 'dead-letters'): ReadonlyMap<string, SentMessage> =>
  named(read(`messages/${queue}.json`), ({ what, sent }: { what: string; sent: SentMessage }) => [what, sent]);

/** A configuration that v0.1.0 took. */
export const configurationOf = (name: Configuration): object => read(`configurations/${name}.json`);

/** What v0.1.0 made of it: the template of one stack. */
export const templateOf = (name: Configuration, stack: 'state' | 'gateway' | 'monitoring'): Template =>
  read(`templates/${name}/${stack}.json`);

const named = <Entry, Value>(
  entries: readonly Entry[],
  nameOf: (entry: Entry) => [string, Value],
): ReadonlyMap<string, Value> => new Map(entries.map(nameOf));
