/** A shop with users of its own, a gateway that they enter by, and a backend that tells them when lunch begins. */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { Issuer, Maitred } from 'maitred';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
const stack = new Stack(app, 'Shop');

const users = new UserPool(stack, 'Users', {
  passwordPolicy: { minLength: 12, requireUppercase: true, requireDigits: true, requireSymbols: true },
});
const door = new Maitred(stack, 'Door', { issuers: [Issuer.userPool(users, users.addClient('Tills'))] });

const backend = new LambdaFunction(stack, 'Backend', {
  runtime: Runtime.NODEJS_24_X,
  code: Code.fromAsset('backend'),
  handler: 'lunch.handler',
  timeout: Duration.seconds(10),
  memorySize: 256,
  environment: { EVENT_QUEUE_URL: door.eventQueueUrl, RESTAURANTS: 'r-17' },
});
door.grantPublish(backend);
const noon = new Rule(stack, 'Noon', {
  schedule: Schedule.cron({ hour: '12', minute: '0' }),
  targets: [new FunctionTarget(backend)],
});

const pager = new Topic(stack, 'Pager', { enforceSSL: true });
door.addAlarmAction(new SnsAction(pager));

const acknowledge = (construct: IConstruct, reason: string, ...ids: readonly string[]) =>
  Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));
const basicRole =
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]';
acknowledge(
  users,
  'Tills sign in where nobody has a second device, and the plus tier costs by the user.',
  'AwsSolutions-COG2',
  'AwsSolutions-COG8',
);
acknowledge(backend, 'It may write its log, and publish.', basicRole);
acknowledge(
  backend,
  'A lunch that is not told within the hour need not be told.',
  'Serverless-LambdaDLQ',
  'Serverless-LambdaTracing',
);
acknowledge(noon, 'The same.', 'Serverless-EventBusDLQ');
app.synth();
