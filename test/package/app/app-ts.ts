/** Somebody's app, in which the gateway is one construct among others: its users, its backend, its pager. */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Issuer, Maitred } from 'maitred';

const app = new App({ outdir: process.env['OUT'] ?? 'cdk.out' });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
const stack = new Stack(app, 'Shop', { env: { region: 'eu-central-1' } });

const users = new UserPool(stack, 'Users');
// They are the app's own matter.
const reason = 'These users are there to show how an app brings its own, and nobody signs in.';
Validations.of(users).acknowledge(
  ...['AwsSolutions-COG1', 'AwsSolutions-COG2', 'AwsSolutions-COG8'].map((id) => ({ id, reason })),
);
const door = new Maitred(stack, 'Door', {
  issuers: [
    Issuer.userPool(users, users.addClient('Tills')),
    Issuer.oidc({ alias: 'staff', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' }),
  ],
  encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
  accountLogRole: 'existing',
  outbox: 'queue',
  alarmEmails: ['on-call@example.com'],
});
const backend = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
door.grantPublish(backend);
door.grantManageMembers(backend);
door.grantReadAudit(backend);
door.addAlarmAction(
  new SnsAction(
    new Topic(stack, 'Pager', { enforceSSL: true, masterKey: new Key(stack, 'PagerKey', { enableKeyRotation: true }) }),
  ),
);
app.synth();
