import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Issuer } from '../config-schema/issuer.ts';
import type { OutboxKind } from '../config-schema/outbox.ts';
import { liveIndexName } from '../lambdas/env.ts';
import { OwnUserPool } from './own-user-pool.ts';

export interface MaitredStateProps {
  /** Trusted issuers; none: it makes a user pool. */
  readonly issuers: readonly Issuer[];

  /**
   * Whether the stage's own user pool stays while others issue its tokens.
   *
   * @default false
   */
  readonly keepUserPool?: boolean;

  /**
   * Where the outbox goes. It reads the streams of two tables, which they have for it alone.
   *
   * @default none
   */
  readonly outbox?: OutboxKind;
}

/** What must outlive every deployment: the tables, and the users when they are the stage's own. */
export class MaitredState extends Construct {
  /** One row a connection; rows end by themselves. */
  readonly connections: TableV2;
  /** Who may do what at which restaurant. */
  readonly memberships: TableV2;
  /** Append-only record of security events. */
  readonly audit: TableV2;
  /** What each address did lately: counters that end by themselves. */
  readonly budgets: TableV2;
  /** The events of each restaurant under their numbers; events end by themselves, how far they came does not. */
  readonly events: TableV2;
  /** The stage's own user pool, if it issues the tokens; its texts are deploy-time values. */
  readonly ownIssuer: Issuer | undefined;

  constructor(scope: Construct, id: string, props: MaitredStateProps) {
    super(scope, id);
    this.connections = this.table('Connections', { partitionKey: 'connection_id', expiresAt: 'expires_at' });
    this.connections.addGlobalSecondaryIndex({
      indexName: liveIndexName,
      partitionKey: { name: 'live_restaurant_id', type: AttributeType.STRING },
      sortKey: { name: 'connection_id', type: AttributeType.STRING },
      // A projection cannot be changed later, so it leaves nothing out; a row stays below one write unit either way.
      projectionType: ProjectionType.ALL,
    });
    this.memberships = this.table('Memberships', { partitionKey: 'pk', sortKey: 'sk' });
    const isStreamed = props.outbox !== undefined && props.outbox !== 'none';
    this.audit = this.table('Audit', { partitionKey: 'pk', sortKey: 'sk', expiresAt: 'expires_at', isStreamed });
    this.budgets = this.table('Budgets', { partitionKey: 'pk', sortKey: 'sk', expiresAt: 'expires_at' });
    this.events = this.table('Events', { partitionKey: 'pk', sortKey: 'sk', expiresAt: 'expires_at', isStreamed });
    const isOwn = props.issuers.length === 0;
    const pool = isOwn || props.keepUserPool ? new OwnUserPool(this, 'UserPool') : undefined;
    this.ownIssuer = isOwn ? pool?.issuer : undefined;
    if (pool !== undefined) {
      new CfnOutput(this, 'UserPoolId', { value: pool.poolId, description: 'Where users are made' });
      new CfnOutput(this, 'UserPoolClientId', {
        value: pool.clientId,
        description: 'What apps log in with; the audience of their tokens',
      });
    }

    const aliases = (this.ownIssuer === undefined ? props.issuers : [this.ownIssuer]).map(({ alias }) => alias);
    new CfnOutput(this, 'IssuerAliases', {
      value: aliases.join(','),
      description: 'What the trusted issuers are called in memberships',
    });
  }

  private table(
    id: string,
    keys: { partitionKey: string; sortKey?: string; expiresAt?: string; isStreamed?: boolean },
  ): TableV2 {
    const table = new TableV2(this, id, {
      partitionKey: { name: keys.partitionKey, type: AttributeType.STRING },
      ...(keys.sortKey && { sortKey: { name: keys.sortKey, type: AttributeType.STRING } }),
      ...(keys.expiresAt && { timeToLiveAttribute: keys.expiresAt }),
      // What kind of stream it is can never be changed: another kind is another stream, and what was not read of this one is lost.
      ...(keys.isStreamed && { dynamoStream: StreamViewType.NEW_IMAGE }),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnOutput(this, `${id}TableName`, { value: table.tableName, description: `The table of ${id.toLowerCase()}` });
    return table;
  }
}
