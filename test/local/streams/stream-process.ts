// Writes items with numbers as fast as it can, reads their stream and passes some of it, and says on stdout what is done, until it
// is killed.
import { writeSync } from 'node:fs';
import { createTables, openDynamodb } from '../../../local/engines/dynamodb.ts';
import { mustCall } from '../../../local/engines/engine.ts';
import { reader, readStreams, streamedTable } from './streamed-table.ts';

const [, , dir = '', first = '0'] = process.argv;
const engine = await openDynamodb(dir, readStreams);
await createTables(engine, [streamedTable]);
const stream = engine.streams.get(streamedTable.stream.arn);

const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const passSome = async (): Promise<void> => {
  const record = (await stream?.read(reader, 2))?.at(-1);
  const { n } = record?.dynamodb.Keys ?? {};
  if (record === undefined || n === undefined || !('N' in n)) return;
  say(`passing ${n.N}`);
  await stream?.pass(reader, record.dynamodb.SequenceNumber);
  say(`passed ${n.N}`);
};

for (let n = Number(first); ; n += 1) {
  await mustCall(engine, 'PutItem', { TableName: streamedTable.name, Item: { n: { N: String(n) } } });
  say(`accepted ${n}`);
  if (n % 3 > 0) await passSome();
}
