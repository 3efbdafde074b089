/** What the counters make of a table that takes no more writes, and of one that fails otherwise. */
import {
  DynamoDBClient,
  DynamoDBServiceException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { addressCounters } from '../../lambdas/dynamodb/address-counters.ts';

const failure = (name: string) =>
  new DynamoDBServiceException({ name, message: 'no', $fault: 'client', $metadata: { httpStatusCode: 400 } });

/** A table whose every write fails like this, after the client's own tries. */
const countersThatFail = (error: Error) => {
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  client.middlewareStack.add(() => async () => Promise.reject(error), { step: 'initialize', name: 'fail' });
  return addressCounters({ client: DynamoDBDocumentClient.from(client), tableName: 'counters' });
};

describe('a count of handshakes', () => {
  test.each([
    new ProvisionedThroughputExceededException({ message: 'no', $metadata: { httpStatusCode: 400 } }),
    failure('ThrottlingException'),
    failure('RequestLimitExceeded'),
  ])('says so where the table throttles: $name', async (error) => {
    expect(await countersThatFail(error).countConnect('192.0.2.1', 0)).toBe('throttled');
  });

  test.each([failure('InternalServerError'), failure('AccessDeniedException'), new Error('no route')])(
    'throws where the table is down: $name',
    async (error) => {
      await expect(countersThatFail(error).countConnect('192.0.2.1', 0)).rejects.toBe(error);
    },
  );
});
