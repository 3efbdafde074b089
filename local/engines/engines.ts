import { join } from 'node:path';
import type { Blueprint } from '../blueprint.ts';
import { type Demo, seedDemo } from '../demo.ts';
import type { Faults } from '../faults.ts';
import { createTables, type DynamodbEngine, openDynamodb } from './dynamodb.ts';
import type { Engine } from './engine.ts';
import { type BusEngine, createBuses } from './event-bus.ts';
import { keepQueues } from './kept-queues.ts';
import type { JournalEvent } from './queue-journal.ts';
import { createQueues, openQueues } from './queues.ts';
import type { ReadStream } from './table-streams.ts';
import { startExpiry } from './time-to-live.ts';

export type Engines = { readonly dynamodb: DynamodbEngine; readonly sqs: Engine; readonly events: BusEngine };

/**
 * Opens the embedded services with the tables and queues of the app. A new memberships table gets the people of the demo.
 * Throws `StartError` when the data folder cannot be used.
 *
 * @param onOpen told how to close each part, as soon as it is open
 */
export const openEngines = async (
  blueprint: Blueprint,
  membershipsTable: string,
  demo: Demo,
  dataDir: string | undefined,
  faults: Pick<Faults, 'busEntry'>,
  onOpen: (close: () => Promise<unknown>) => void,
  onEvent: (event: JournalEvent) => void,
): Promise<Engines> => {
  const dynamodb = await openDynamodb(
    dataDir === undefined ? undefined : join(dataDir, 'tables'),
    readStreams(blueprint),
  );
  onOpen(dynamodb.close);
  const created = await createTables(dynamodb, blueprint.tables);
  if (created.has(membershipsTable)) await seedDemo(dynamodb, membershipsTable, demo);

  const expiry = startExpiry(dynamodb, blueprint.tables);
  onOpen(async () => expiry.close());

  const sqs = await openQueues(blueprint.api.region);
  onOpen(sqs.close);
  await createQueues(sqs, blueprint.queues);
  if (dataDir !== undefined) {
    const closeJournal = await keepQueues(sqs, blueprint.queues, dataDir, onEvent);
    onOpen(async () => closeJournal());
  }
  const events = createBuses({ region: blueprint.api.region, refuse: (entry) => faults.busEntry(entry) });
  return { dynamodb, sqs, events };
};

/** A stream that nobody reads has no records: nobody would miss one. */
const readStreams = ({ tables, streamSources }: Blueprint): readonly ReadStream[] =>
  tables.flatMap(({ name, stream }) => {
    const readers = streamSources.filter(({ streamArn }) => streamArn === stream?.arn).map((source) => source.name);
    return stream === undefined || readers.length === 0 ? [] : [{ tableName: name, stream, readers }];
  });
