/** What a command works on: those of the gateway on this machine, or of a deployed stage. */
import { createHash } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { itemTranslation, type Table } from '../lambdas/dynamodb/table.ts';
import { eventBus } from '../lambdas/eventbridge/event-bus.ts';
import type { OutboxTarget } from '../lambdas/ports.ts';
import { outboxQueue } from '../lambdas/sqs/outbox-queue.ts';
import type { Gateway } from '../local/gateway.ts';
import { StartError } from '../local/start-error.ts';
import { type AskedGateway, stacksAsked } from './asked-gateway.ts';
import { inHelpfulWords, regionIn } from './aws-settings.ts';
import { type DeadLetterQueue, deadLetterQueue } from '../lambdas/sqs/dead-letters.ts';
import { type GatewayFile, runningGateway } from './gateway-file.ts';
import { outputsIn, type StackOutput } from './stack-outputs.ts';

export type Target = Readonly<{
  /** What the gateway calls itself in what it tells a backend: the path of its URL. */
  stageName: string;
  connections: Table;
  memberships: Table;
  audit: Table;
  events: Table;
  /** What addresses and members did lately. */
  counters: Table;
  /** Where connections are posted to and closed. */
  management: ApiGatewayManagementApiClient;
  /**
   * Puts a body into the event queue. The same one within five minutes is the same message, unless it has another
   * deduplication id.
   */
  publish: (restaurantId: string, body: string, deduplicationId?: string) => Promise<void>;
  /** What was put aside of the event queue. */
  deadLetters: DeadLetterQueue;
  /** Where the outbox goes, and what was set aside of it; undefined: there is none. */
  outbox: Readonly<{ target: OutboxTarget; deadLetters: DeadLetterQueue }> | undefined;
  /** The aliases of the issuers that are trusted. */
  issuers: readonly string[];
  /** The issuer whose users are meant when none is named; undefined where a stage trusts several. */
  onlyIssuer: string | undefined;
}>;

/** Without a stage or a stack the local gateway, on that port where several run; throws `FailedError` when it is not to be found. */
export const openTarget = async (asked: AskedGateway): Promise<Target> => {
  const stacks = stacksAsked(asked);
  return stacks === undefined ? localTarget(await runningGateway(asked.port)) : deployedTarget(stacks);
};

/** What of a gateway on this machine commands work on. */
type LocalPlaces = Omit<GatewayFile, 'pid' | 'url' | 'issuerUrl' | 'stageFile'>;

/** Throws `StartError` when the app has no queue of the name that events are published to, or put aside to. */
export const placesOf = (
  gateway: Pick<
    Gateway,
    'dynamodbEndpoint' | 'sqsEndpoint' | 'managementUrl' | 'operator' | 'tables' | 'queues' | 'buses' | 'outboxTarget'
  >,
): LocalPlaces => {
  const { dynamodbEndpoint, sqsEndpoint, managementUrl, operator, tables, queues, buses } = gateway;
  const urlOf = (name: string): string => {
    const url = queues[name];
    if (url !== undefined) return url;
    const those = Object.keys(queues).join(', ');
    throw new StartError('QUEUE_MISSING', `The app has no queue ${name}, where events are published; it has ${those}.`);
  };
  const [eventQueueUrl, eventDeadLettersUrl] = [urlOf('EventQueue'), urlOf('EventQueueDeadLetters')];
  // The app of a release before had it and did not say so.
  const outboxTarget = gateway.outboxTarget ?? buses['OutboxBus'] ?? queues['OutboxQueue'];
  const outboxDeadLettersUrl = queues['OutboxDeadLetters'];
  return {
    dynamodbEndpoint,
    sqsEndpoint,
    managementUrl,
    eventQueueUrl,
    eventDeadLettersUrl,
    ...(outboxTarget !== undefined && outboxDeadLettersUrl !== undefined && { outboxTarget, outboxDeadLettersUrl }),
    operator,
    tables,
  };
};

/** The gateway on this machine, where it says it is. */
export const localTarget = (places: LocalPlaces): Target => {
  const { dynamodbEndpoint, sqsEndpoint, managementUrl, eventQueueUrl, eventDeadLettersUrl, operator, tables } = places;
  const { region, ...credentials } = operator;
  const signing = { region, credentials };
  const client = documents(new DynamoDBClient({ ...signing, endpoint: dynamodbEndpoint }));
  const sqs = new SQSClient({ ...signing, endpoint: sqsEndpoint });
  return {
    stageName: stageNameIn(managementUrl),
    connections: { client, tableName: tables.connections },
    management: new ApiGatewayManagementApiClient({ ...signing, endpoint: managementUrl }),
    publish: publishTo(sqs, eventQueueUrl),
    deadLetters: deadLetterQueue(sqs, eventDeadLettersUrl),
    // One address has all of AWS there.
    outbox: outboxAt(sqs, () => new EventBridgeClient({ ...signing, endpoint: sqsEndpoint }), places),
    memberships: { client, tableName: tables.memberships },
    audit: { client, tableName: tables.audit },
    events: { client, tableName: tables.events },
    counters: { client, tableName: tables.budgets },
    issuers: ['demo'],
    onlyIssuer: 'demo',
  };
};

const deployedTarget = async (stacks: readonly string[]): Promise<Target> => {
  const settings = awsSettings();
  const outputs = [];
  for (const stack of stacks) outputs.push(...(await outputsOf(stack)));
  const output = outputsIn(stacks, outputs);
  const client = documents(new DynamoDBClient(settings));
  const sqs = new SQSClient(settings);
  const aliases = output('IssuerAliases').split(',');
  const managementUrl = output('ManagementUrl');
  return {
    stageName: stageNameIn(managementUrl),
    connections: { client, tableName: output('ConnectionsTableName') },
    management: new ApiGatewayManagementApiClient({ ...settings, endpoint: managementUrl }),
    publish: publishTo(sqs, output('EventQueueUrl')),
    deadLetters: deadLetterQueue(sqs, output('EventDeadLettersUrl')),
    outbox: outboxAt(sqs, () => new EventBridgeClient(settings), {
      outboxTarget: output.optional('OutboxTarget'),
      outboxDeadLettersUrl: output.optional('OutboxDeadLettersUrl'),
    }),
    memberships: { client, tableName: output('MembershipsTableName') },
    audit: { client, tableName: output('AuditTableName') },
    events: { client, tableName: output('EventsTableName') },
    counters: { client, tableName: output('BudgetsTableName') },
    issuers: aliases,
    onlyIssuer: aliases.length === 1 ? aliases[0] : undefined,
  };
};

const stageNameIn = (managementUrl: string): string => new URL(managementUrl).pathname.slice(1);

const publishTo =
  (client: SQSClient, QueueUrl: string): Target['publish'] =>
  // All of the body: another event under the same id must not be swallowed by the queue, which tells nobody.
  async (
    restaurantId,
    body,
    deduplicationId = createHash('sha256').update(`${restaurantId}\n${body}`).digest('hex'),
  ) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageGroupId: restaurantId,
        MessageDeduplicationId: deduplicationId,
        MessageBody: body,
      }),
    );
  };

const awsSettings = (): { region?: string } => {
  const region = regionIn(process.env);
  return region === undefined ? {} : { region };
};

/** The outputs of a stack. What other stacks read of it alone has no description. Throws what says in a sentence what to set. */
export const outputsOf = async (StackName: string): Promise<readonly StackOutput[]> => {
  const client = new CloudFormationClient(awsSettings());
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey: id = '', OutputValue: value = '', Description }) => ({
      id,
      value,
      description: Description,
    }));
  } catch (error) {
    throw inHelpfulWords(error, StackName);
  }
};

/** A bus has an ARN and a queue an address. */
const outboxAt = (
  sqs: SQSClient,
  events: () => EventBridgeClient,
  at: Readonly<{ outboxTarget?: string | undefined; outboxDeadLettersUrl?: string | undefined }>,
): Target['outbox'] => {
  if (at.outboxTarget === undefined || at.outboxDeadLettersUrl === undefined) return undefined;
  return {
    target: at.outboxTarget.startsWith('arn:')
      ? eventBus(events(), at.outboxTarget)
      : outboxQueue(sqs, at.outboxTarget),
    deadLetters: deadLetterQueue(sqs, at.outboxDeadLettersUrl),
  };
};

const documents = (client: DynamoDBClient) => DynamoDBDocumentClient.from(client, itemTranslation);
