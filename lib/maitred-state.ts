import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  Capacity,
  ProjectionType,
  StreamViewType,
  TableClass,
  TableEncryptionV2,
  TableV2,
  type TablePropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Issuer } from '../config-schema/issuer.ts';
import { liveIndexName } from '../lambdas/env.ts';
import { demandIssuersNearby, demandOneCdk, demandRegion } from './construct-problems.ts';
import { demandBeside, demandGiven } from './given-constructs.ts';
import { grantKey } from './customer-key.ts';
import { judgedState } from './judged-settings.ts';
import { OwnUserPool } from './own-user-pool.ts';
import type { StateSettings } from './settings.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** What the part that is kept is told. */
export interface MaitredStateProps extends StateSettings {
  /**
   * Encrypts the tables.
   *
   * @default - keys that AWS keeps
   */
  readonly encryptionKey?: IKey | undefined;
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
  /** Who issues the tokens, where it is not the user pool of its own. */
  readonly issuers: readonly TrustedIssuer[];
  /** Where the outbox of the gateway goes. */
  readonly outbox: 'none' | 'bus' | 'queue';
  /** What the tables are encrypted with, if not by a key that AWS keeps. */
  readonly encryptionKey: IKey | undefined;
  /**
   * The user pool of its own, if it issues the tokens; its texts are deploy-time values.
   *
   * @internal
   */
  readonly ownIssuer: Issuer | undefined;

  constructor(scope: Construct, id: string, props: MaitredStateProps = {}) {
    super(scope, id);
    demandOneCdk(this);
    demandGiven(`the properties of ${this.node.path}`, props);
    const { encryptionKey: _, ...settings } = props;
    const config = judgedState(`the properties of ${this.node.path}`, settings);
    demandIssuersNearby(this, props.issuers ?? []);
    if (props.encryptionKey) {
      demandRegion(this);
      demandBeside(this, 'encryptionKey', props.encryptionKey);
    }
    this.issuers = props.issuers ?? [];
    this.outbox = config.outbox;
    this.encryptionKey = props.encryptionKey;
    this.connections = this.table('Connections', { partitionKey: 'connection_id', expiresAt: 'expires_at' });
    this.connections.addGlobalSecondaryIndex({
      indexName: liveIndexName,
      partitionKey: { name: 'live_restaurant_id', type: AttributeType.STRING },
      sortKey: { name: 'connection_id', type: AttributeType.STRING },
      // A projection cannot be changed later, so it leaves nothing out; a row stays below one write unit either way.
      projectionType: ProjectionType.ALL,
    });
    this.memberships = this.table('Memberships', { partitionKey: 'pk', sortKey: 'sk' });
    const isStreamed = config.outbox !== 'none';
    const inTime = { partitionKey: 'pk', sortKey: 'sk', expiresAt: 'expires_at' };
    this.audit = this.table(
      'Audit',
      { ...inTime, isStreamed },
      // Changed in place, twice in 30 days at most.
      config.auditTableClass === 'standard' ? {} : { tableClass: TableClass.STANDARD_INFREQUENT_ACCESS },
    );
    this.budgets = this.table('Budgets', inTime);
    this.events = this.table('Events', { ...inTime, isStreamed }, throughputOf(config));
    const isOwn = config.issuers.length === 0;
    const pool = isOwn || config.keepUserPool ? new OwnUserPool(this, 'UserPool') : undefined;
    this.ownIssuer = isOwn ? pool?.issuer : undefined;
    if (pool !== undefined) {
      new CfnOutput(this, 'UserPoolId', { value: pool.poolId, description: 'Where users are made' });
      new CfnOutput(this, 'UserPoolClientId', {
        value: pool.clientId,
        description: 'What apps log in with; the audience of their tokens',
      });
    }

    const aliases = (this.ownIssuer === undefined ? config.issuers : [this.ownIssuer]).map(({ alias }) => alias);
    new CfnOutput(this, 'IssuerAliases', {
      value: aliases.join(','),
      description: 'What the trusted issuers are called in memberships',
    });
  }

  /** Lets a backend make, change, suspend and remove members of every restaurant, and read who is one. */
  grantManageMembers(grantee: IGrantable): void {
    const actions = ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'];
    this.memberships.grant(grantee, ...actions.map((action) => `dynamodb:${action}`));
    grantKey(this.encryptionKey, grantee);
  }

  /** Lets somebody read the audit record of every restaurant. Nobody is let change it. */
  grantReadAudit(grantee: IGrantable): void {
    this.audit.grant(grantee, 'dynamodb:GetItem', 'dynamodb:Query');
    grantKey(this.encryptionKey, grantee, 'reading');
  }

  private table(
    id: string,
    keys: { partitionKey: string; sortKey?: string; expiresAt?: string; isStreamed?: boolean },
    others: Partial<TablePropsV2> = {},
  ): TableV2 {
    const table = new TableV2(this, id, {
      partitionKey: { name: keys.partitionKey, type: AttributeType.STRING },
      ...(keys.sortKey && { sortKey: { name: keys.sortKey, type: AttributeType.STRING } }),
      ...(keys.expiresAt && { timeToLiveAttribute: keys.expiresAt }),
      // What kind of stream it is can never be changed: another kind is another stream, and what was not read of this one is lost.
      ...(keys.isStreamed && { dynamoStream: StreamViewType.NEW_IMAGE }),
      encryption: this.encryptionKey
        ? TableEncryptionV2.customerManagedKey(this.encryptionKey)
        : TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...others,
    });
    new CfnOutput(this, `${id}TableName`, { value: table.tableName, description: `The table of ${id.toLowerCase()}` });
    return table;
  }
}

/** How the table of events is paid, and what it takes at once; both are changed in place. */
const throughputOf = ({
  provisionedThroughput,
  warmThroughput: { readsPerSecond, writesPerSecond } = {},
}: ReturnType<typeof judgedState>): Partial<TablePropsV2> => {
  const warm = {
    ...(readsPerSecond !== undefined && { readUnitsPerSecond: readsPerSecond }),
    ...(writesPerSecond !== undefined && { writeUnitsPerSecond: writesPerSecond }),
  };
  return {
    ...(provisionedThroughput && { billing: provisioned(provisionedThroughput) }),
    ...(Object.keys(warm).length > 0 && { warmThroughput: warm }),
  };
};

const provisioned = ({
  minReads,
  maxReads,
  minWrites,
  maxWrites,
  targetPercent: targetUtilizationPercent,
}: NonNullable<ReturnType<typeof judgedState>['provisionedThroughput']>): Billing => {
  // A table that was on demand has the seed until the scaling is there, some minutes: the most, since nobody knows what comes meanwhile.
  const between = (minCapacity: number, maxCapacity: number): Capacity =>
    Capacity.autoscaled({ minCapacity, maxCapacity, seedCapacity: maxCapacity, targetUtilizationPercent });
  return Billing.provisioned({
    readCapacity: between(minReads, maxReads),
    writeCapacity: between(minWrites, maxWrites),
  });
};
