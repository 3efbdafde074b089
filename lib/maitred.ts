import type { Alarm, IAlarmAction, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { demandOneCdk } from './construct-problems.ts';
import { demandGiven } from './given-constructs.ts';
import { MaitredGateway, type MaitredGatewayProps, stageNameOf } from './maitred-gateway.ts';
import { MaitredMonitoring, type MaitredMonitoringProps } from './maitred-monitoring.ts';
import { MaitredState, type MaitredStateProps } from './maitred-state.ts';

/** Everything that a gateway in one stack may be told: what its three parts are told. */
export interface MaitredProps
  extends MaitredStateProps,
    Omit<MaitredGatewayProps, 'state' | 'encryptionKey'>,
    Omit<MaitredMonitoringProps, 'gateway'> {}

/** A whole gateway in one stack: what it keeps, what runs, and what watches it. The tables stay when the stack is deleted. */
export class Maitred extends Construct {
  /** What is kept. */
  readonly state: MaitredState;
  /** What runs. */
  readonly gateway: MaitredGateway;
  /** What watches it. */
  readonly monitoring: MaitredMonitoring;

  constructor(scope: Construct, id: string, props: MaitredProps = {}) {
    super(scope, id);
    demandOneCdk(this);
    demandGiven(`the properties of ${this.node.path}`, props);
    const {
      issuers,
      keepUserPool,
      outbox,
      encryptionKey,
      provisionedThroughput,
      warmThroughput,
      auditTableClass,
      ...rest
    } = props;
    const { alarmEmails, runbookUrl, alarmTopic, dashboard, ...settings } = rest;
    const { stageName = stageNameOf(this), ...others } = settings;
    this.state = new MaitredState(this, 'State', {
      issuers,
      keepUserPool,
      outbox,
      encryptionKey,
      provisionedThroughput,
      warmThroughput,
      auditTableClass,
    });
    this.gateway = new MaitredGateway(this, 'Gateway', { ...others, stageName, state: this.state });
    this.monitoring = new MaitredMonitoring(this, 'Monitoring', {
      gateway: this.gateway,
      alarmEmails,
      runbookUrl,
      alarmTopic,
      dashboard,
    });
  }

  /** What devices connect to. */
  get webSocketUrl(): string {
    return this.gateway.webSocketUrl;
  }

  /** The queue that backends publish to. */
  get eventQueueUrl(): string {
    return this.gateway.eventQueueUrl;
  }

  /** One for each heading of the runbook that a metric can tell, and two for each function. */
  get alarms(): readonly Alarm[] {
    return this.monitoring.alarms;
  }

  /** Does this, too, when any of the alarms rings. */
  addAlarmAction(...actions: readonly IAlarmAction[]): void {
    this.monitoring.addAlarmAction(...actions);
  }

  /** Lets a backend publish events of every restaurant. */
  grantPublish(grantee: IGrantable): void {
    this.gateway.grantPublish(grantee);
  }

  /** Lets a backend make, change, suspend and remove members of every restaurant, and read who is one. */
  grantManageMembers(grantee: IGrantable): void {
    this.state.grantManageMembers(grantee);
  }

  /** Lets somebody read the audit record of every restaurant. */
  grantReadAudit(grantee: IGrantable): void {
    this.state.grantReadAudit(grantee);
  }

  /** Devices that connected. A sum over 5 minutes, as all of these unless it says otherwise. */
  metricConnections(options?: MetricOptions): Metric {
    return this.gateway.metricConnections(options);
  }

  /** Messages that devices sent. */
  metricMessages(options?: MetricOptions): Metric {
    return this.gateway.metricMessages(options);
  }

  /** Devices that got a session. */
  metricEntered(options?: MetricOptions): Metric {
    return this.gateway.metricEntered(options);
  }

  /** Security events of a name of the log inventory. */
  metricSecurityEvent(event: string, options?: MetricOptions): Metric {
    return this.gateway.metricSecurityEvent(event, options);
  }

  /** Events that got their number. */
  metricEvents(options?: MetricOptions): Metric {
    return this.gateway.metricEvents(options);
  }

  /** Milliseconds from the queue to the last socket, the greatest. */
  metricDeliveryLag(options?: MetricOptions): Metric {
    return this.gateway.metricDeliveryLag(options);
  }

  /** What failed of the gateway's own. */
  metricFailures(options?: MetricOptions): Metric {
    return this.gateway.metricFailures(options);
  }
}
