/** The tables a command works on: those of the gateway on this machine, or of a deployed stage. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../lambdas/dynamodb/table.ts';
import { UsageError } from './command.ts';
import { runningGateway } from './gateway-file.ts';

export type Target = Readonly<{
  memberships: Table;
  audit: Table;
  /** The issuer whose users are meant when none is named; undefined where a stage trusts several. */
  onlyIssuer: string | undefined;
}>;

/** Without a stage the local gateway; throws `UsageError` when neither is to be found. */
export const openTarget = async (stage: string | undefined): Promise<Target> =>
  stage === undefined ? localTarget() : deployedTarget(stage);

const localTarget = (): Target => {
  const { dynamodbEndpoint, tables } = runningGateway();
  const client = documents(
    new DynamoDBClient({
      endpoint: dynamodbEndpoint,
      region: 'local',
      credentials: { accessKeyId: 'people', secretAccessKey: 'people' },
    }),
  );
  return {
    memberships: { client, tableName: tables.memberships },
    audit: { client, tableName: tables.audit },
    onlyIssuer: 'demo',
  };
};

const deployedTarget = async (stage: string): Promise<Target> => {
  const StackName = `maitred-${stage}-state`;
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  const outputs = new Map((Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const output = (key: string): string => {
    const value = outputs.get(key);
    if (value === undefined) throw new UsageError(`Stack ${StackName} has no output ${key}.`);
    return value;
  };
  const client = documents(new DynamoDBClient());
  const aliases = output('IssuerAliases').split(',');
  return {
    memberships: { client, tableName: output('MembershipsTableName') },
    audit: { client, tableName: output('AuditTableName') },
    onlyIssuer: aliases.length === 1 ? aliases[0] : undefined,
  };
};

const documents = (client: DynamoDBClient) =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
