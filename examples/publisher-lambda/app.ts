/** The table, the function that reads its stream, and the gateway whose devices hear of it. */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Maitred } from 'maitred';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
const stack = new Stack(app, 'Shop');
const door = new Maitred(stack, 'Door');

const orders = new TableV2(stack, 'Orders', {
  partitionKey: { name: 'restaurant_id', type: AttributeType.STRING },
  sortKey: { name: 'order_id', type: AttributeType.STRING },
  dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
});
const publisher = new NodejsFunction(stack, 'Publisher', {
  entry: 'handler.ts',
  runtime: Runtime.NODEJS_24_X,
  timeout: Duration.seconds(30),
  memorySize: 256,
  environment: { EVENT_QUEUE_URL: door.eventQueueUrl },
});
publisher.addEventSource(
  new DynamoEventSource(orders, {
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    reportBatchItemFailures: true,
  }),
);
door.grantPublish(publisher);

const acknowledge = (reason: string, ...ids: readonly string[]) =>
  Validations.of(publisher).acknowledge(...ids.map((id) => ({ id, reason })));
const basicRole =
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]';
acknowledge('It may write its log, read the stream, and publish.', basicRole);
acknowledge(
  'Nothing is given up: the stream is tried again for as long as it keeps a change, and nobody else calls this.',
  'Serverless-LambdaDLQ',
  'Serverless-LambdaEventSourceMappingDestination',
);
acknowledge('Its log tells what failed.', 'Serverless-LambdaTracing');
app.synth();
