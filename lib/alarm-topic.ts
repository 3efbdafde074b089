import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Mail addresses that get every alarm, once they have confirmed. */
  readonly emails: readonly string[];

  /**
   * Encrypts messages on their way.
   *
   * @default - SNS alone, whose disks are encrypted
   */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Where alarms go: a topic to which the alarms of this account and region may publish, over TLS. What it holds on its way are
 * sentences of this project, metrics and times, on disks that SNS encrypts; a key of its own would cost a dollar a month, and the
 * one that AWS keeps for topics alarms may not use, and would say so in their history only.
 */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');

    const { encryptionKey: key } = props;
    // No condition here: the topic's policy says whose alarms, and a condition that is never met would silence them all.
    key?.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );

    const topic = new Topic(this, 'Topic', { ...(key && { masterKey: key }), enforceSSL: true });
    // A topic with a policy of its own has lost the default one, by which the account's alarms could publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'cloudwatch', resource: 'alarm:*' }) },
        },
      }),
    );
    for (const email of props.emails)
      Validations.of(topic.addSubscription(new EmailSubscription(email))).acknowledge({
        id: 'Serverless-SNSRedrivePolicy',
        reason: 'Mails that were refused would wait in a queue nobody reads. The alarm itself stays on the dashboard.',
      });
    this.topic = topic;
  }
}
