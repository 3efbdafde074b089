import { CfnOutput } from 'aws-cdk-lib';
import { Alarm, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type AlarmRule, alarmRules, comparisonOf } from './alarm-rules.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { checkConfig } from '../config-schema/parse-config.ts';
import { MonitoringKeys } from '../config-schema/stage-config.ts';
import { demandOneCdk } from './construct-problems.ts';
import { demandBeside, demandGiven } from './given-constructs.ts';
import { GatewayDashboard } from './gateway-dashboard.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import type { MaitredGateway } from './maitred-gateway.ts';
import { runbookLink } from './runbook.ts';
import { SavedQueries } from './saved-queries.ts';
import type { MonitoringSettings } from './settings.ts';

/** What the part that watches is told. */
export interface MaitredMonitoringProps extends MonitoringSettings {
  /** What is watched. */
  readonly gateway: MaitredGateway;

  /**
   * Where alarms go.
   *
   * @default - a topic of its own
   */
  readonly alarmTopic?: ITopic | undefined;
}

/** Monitoring of the gateway: alarms with their topic, the dashboard and the saved queries. */
export class MaitredMonitoring extends Construct {
  /** One for each heading of the runbook that a metric can tell, and two for each function. */
  readonly alarms: readonly Alarm[];
  /** Where they go. */
  readonly alarmTopic: ITopic;

  constructor(scope: Construct, id: string, props: MaitredMonitoringProps) {
    super(scope, id);
    demandOneCdk(this);
    demandGiven(`the properties of ${this.node.path}`, props, ['gateway']);
    const { alarmEmails, runbookUrl, dashboard } = checkConfig(MonitoringKeys, `the properties of ${this.node.path}`, {
      alarmEmails: props.alarmEmails,
      runbookUrl: props.runbookUrl,
      dashboard: props.dashboard,
    });
    const { gateway } = props;
    demandBeside(this, 'gateway', gateway);
    if (props.alarmTopic) demandBeside(this, 'alarmTopic', props.alarmTopic);
    const stage = gateway.stageName;
    const metrics = gatewayMetrics(stage);

    this.alarmTopic = this.topic(props.alarmTopic, alarmEmails, gateway.encryptionKey);
    this.alarms = alarmRules(gateway, metrics).map((rule) => this.alarm(rule, runbookUrl));
    this.addAlarmAction(new SnsAction(this.alarmTopic));
    new SavedQueries(this, 'Queries', { stage, gateway });

    new CfnOutput(this, 'AlarmTopicArn', {
      value: this.alarmTopic.topicArn,
      description: 'Where alarms go: subscribe to it',
    });
    if (dashboard === 'none') return;
    const { name } = new GatewayDashboard(this, 'Dashboard', {
      stage,
      state: gateway.state,
      gateway,
      metrics,
      alarms: this.alarms,
      size: dashboard,
    });
    new CfnOutput(this, 'DashboardName', { value: name, description: 'The dashboard in CloudWatch' });
  }

  /** Does this, too, when any of the alarms rings. */
  addAlarmAction(...actions: readonly IAlarmAction[]): void {
    for (const alarm of this.alarms) alarm.addAlarmAction(...actions);
  }

  private topic(given: ITopic | undefined, emails: readonly string[], encryptionKey: IKey | undefined): ITopic {
    if (given === undefined) return new AlarmTopic(this, 'Alarms', { emails, encryptionKey }).topic;
    for (const email of emails) given.addSubscription(new EmailSubscription(email));
    return given;
  }

  private alarm(rule: AlarmRule, runbookUrl: string | undefined): Alarm {
    return new Alarm(this, `${rule.id}Alarm`, {
      metric: rule.metric,
      threshold: rule.threshold,
      comparisonOperator: comparisonOf(rule),
      evaluationPeriods: rule.outOf?.periods ?? 1,
      datapointsToAlarm: rule.outOf?.bad ?? 1,
      // All others count faults, and a fault that does not happen leaves no data.
      treatMissingData: rule.onSilence === 'rings' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: `${rule.says} Runbook: ${runbookLink(rule.heading, runbookUrl)}`,
    });
  }
}
