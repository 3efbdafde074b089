// An app with a network, a key, a bus, tables, queues and functions of its own, of which each stage has a gateway.
import { App, Duration, Fn, Stack, Stage } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Issuer, Maitred } from 'maitred';

class Shop extends Stage {
  constructor(scope, id, busOf) {
    super(scope, id, { env: { region: 'eu-central-1' } });
    const base = new Stack(this, 'Base');
    const key = new Key(base, 'Key');
    const users = new UserPool(base, 'Users');
    const statements = [new PolicyStatement({ actions: ['*'], resources: ['*'] })];
    const stack = new Stack(this, 'Shop');
    const door = new Maitred(stack, this.node.tryGetContext('name'), {
      issuers: [Issuer.userPool(users, users.addClient('Tills'))],
      encryptionKey: key,
      network: { vpc: new Vpc(base, 'Vpc', { maxAzs: 2 }) },
      permissionsBoundary: new ManagedPolicy(base, 'Boundary', { statements }),
      outbox: 'bus',
      outboxTarget: busOf(base, stack),
      alarmTopic: new Topic(base, 'Pager'),
    });

    new Bucket(stack, 'Menus');
    const function_ = new LambdaFunction(stack, 'Backend', {
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline('def handler(event, context): pass'),
    });
    const queue = new Queue(stack, 'Orders', { encryptionMasterKey: key });
    function_.addEventSource(new SqsEventSource(queue, { maxBatchingWindow: Duration.minutes(1) }));
    const table = new TableV2(stack, 'Guests', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      dynamoStream: StreamViewType.NEW_IMAGE,
    });
    const startingPosition = StartingPosition.LATEST;
    function_.addEventSource(new DynamoEventSource(table, { startingPosition, bisectBatchOnError: true }));
    door.grantPublish(function_);
  }
}

const app = new App();
new Shop(app, 'Dev', (base) => new EventBus(base, 'Bus'));
new Shop(app, 'Prod', (_, stack) => EventBus.fromEventBusArn(stack, 'Bus', Fn.importValue('company:Bus')));
