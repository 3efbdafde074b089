import { CfnOutput } from 'aws-cdk-lib';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { type AlarmRule, alarmRules, comparisonOf } from './alarm-rules.ts';
import { AlarmTopic } from './alarm-topic.ts';
import type { StageConfig } from '../config-schema/stage-config.ts';
import { GatewayDashboard } from './gateway-dashboard.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import type { MaitredGateway } from './maitred-gateway.ts';
import { runbookLink } from './runbook.ts';
import { SavedQueries } from './saved-queries.ts';
import type { MaitredState } from './maitred-state.ts';

export interface MaitredMonitoringProps {
  /** Name of the stage. */
  readonly stage: string;

  /** The stage's configuration. */
  readonly config: StageConfig;

  /** Tables of the same stage. */
  readonly state: MaitredState;

  /** What is watched. */
  readonly gateway: MaitredGateway;
}

/** Monitoring of the gateway: alarms with their topic, the dashboard and the saved queries. */
export class MaitredMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: MaitredMonitoringProps) {
    super(scope, id);
    const { stage, state, gateway } = props;
    const metrics = gatewayMetrics(stage);

    const { topic } = new AlarmTopic(this, 'Alarms', { emails: props.config.alarmEmails });
    const tell = new SnsAction(topic);
    const alarms = alarmRules(gateway, metrics).map((rule) => {
      const alarm = this.alarm(rule, props.config.runbookUrl);
      alarm.addAlarmAction(tell);
      return alarm;
    });
    const queries = new SavedQueries(this, 'Queries', { stage, gateway });
    const dashboard = new GatewayDashboard(this, 'Dashboard', { stage, state, gateway, metrics, alarms, queries });

    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn, description: 'Where alarms go: subscribe to it' });
    new CfnOutput(this, 'DashboardName', { value: dashboard.name, description: 'The dashboard in CloudWatch' });
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
