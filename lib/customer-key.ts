/** A KMS key of one's own in place of those that AWS keeps. */
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';

/** What of such a key somebody needs to do this, as DynamoDB and SQS list it. */
const actionsFor = {
  /** Read and write a table or a queue. */
  everything: [
    'Decrypt',
    'DescribeKey',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'ReEncryptFrom',
    'ReEncryptTo',
  ],
  /** Read a table. */
  reading: ['Decrypt', 'DescribeKey'],
  /** Send to a queue, which decrypts the data key that it keeps for a while. */
  sending: ['Decrypt', 'GenerateDataKey'],
} as const;

/** Of a queue. */
export const queueEncryption = (key: IKey | undefined): Pick<QueueProps, 'encryption' | 'encryptionMasterKey'> =>
  key === undefined
    ? { encryption: QueueEncryption.SQS_MANAGED }
    : { encryption: QueueEncryption.KMS, encryptionMasterKey: key };

export const grantKey = (
  key: IKey | undefined,
  grantee: IGrantable,
  purpose: keyof typeof actionsFor = 'everything',
): void => {
  if (key === undefined) return;
  const actions = actionsFor[purpose].map((name) => `kms:${name}`);
  Grant.addToPrincipal({ grantee, actions, resourceArns: [key.keyArn] });
};

/** Lets CloudWatch Logs use a key of the app for the log groups of this account and region. Of an imported key its owner says so. */
export const letLogsUse = (key: IKey, stack: Stack): void => {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
};
