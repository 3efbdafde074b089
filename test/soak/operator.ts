/** What a soak does with the means of an operator and of a backend. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import type { Places } from './gateway-process.ts';
import type { Place } from './good-clients.ts';
import type { Accepted, AuditItem } from './oracle.ts';

const documents = ({ awsEndpoint, operator }: Places): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: awsEndpoint, region: operator.region, credentials: operator }),
    {
      marshallOptions: { removeUndefinedValues: true },
    },
  );

export const enrol = async (gateway: Places, places: readonly Place[]): Promise<void> => {
  const client = documents(gateway);
  for (const { restaurantId, sub } of places)
    await putMembership({ client, tableName: gateway.tables.memberships })({
      restaurantId,
      issuer: 'demo',
      userId: sub,
      role: 'employee',
    });
  client.destroy();
};

/** Rejects where the queue did not take it. */
export const publishAsBackend = async (gateway: Places, restaurantId: string, mark: string): Promise<Accepted> => {
  const { awsEndpoint, operator, eventQueueUrl } = gateway;
  const sqs = new SQSClient({ endpoint: awsEndpoint, region: operator.region, credentials: operator, maxAttempts: 1 });
  const type = 'menu.updated';
  try {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: eventQueueUrl,
        MessageGroupId: restaurantId,
        MessageDeduplicationId: mark,
        MessageBody: JSON.stringify({ v: 1, type, id: mark, data: { order_id: mark } }),
      }),
    );
  } finally {
    sqs.destroy();
  }
  return { mark, restaurantId, type };
};

export const readAudit = async (gateway: Places): Promise<readonly AuditItem[]> => {
  const client = documents(gateway);
  const items: AuditItem[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: gateway.tables.audit, ...(from === undefined ? {} : { ExclusiveStartKey: from }) }),
    );
    for (const { sk, event, connection_id, user_agent } of page.Items ?? [])
      items.push({
        kind: String(sk).split('#')[2]?.split('/')[0] ?? '',
        event: String(event),
        connectionId: String(connection_id),
        agent: user_agent === undefined ? undefined : String(user_agent),
      });
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  client.destroy();
  return items;
};
