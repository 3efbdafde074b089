/** The table of `stream-process.ts` and of the test that kills it. */
export const streamedTable = {
  name: 'Streamed',
  AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' as const }],
  KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' as const }],
  stream: { arn: 'stream', region: 'r', viewType: 'NEW_IMAGE', keyNames: ['n'] } as const,
};

export const reader = 'reader';
export const readStreams = [{ tableName: streamedTable.name, stream: streamedTable.stream, readers: [reader] }];
