import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MaitredGateway } from './maitred-gateway.ts';
import { logQueries, logQueryNames, textOfQuery } from './log-queries.ts';

export interface SavedQueriesProps {
  /** Name of the stage, the queries' folder. */
  readonly stage: string;

  /** Whose logs are asked. */
  readonly gateway: MaitredGateway;
}

/** The runbook's queries, ready to be run under "Saved queries" of CloudWatch Logs Insights. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, props: SavedQueriesProps) {
    super(scope, id);
    const { api, functions } = props.gateway;
    const functionLogs = Object.values(functions).map(({ logGroup }) => logGroup.logGroupName);
    const logs = {
      functions: functionLogs,
      'access log': api.accessLogGroupName === undefined ? [] : [api.accessLogGroupName],
      outbox: functions.outbox === undefined ? [] : [functions.outbox.logGroup.logGroupName],
    };

    for (const name of logQueryNames) {
      const logGroupNames = logs[logQueries[name].of];
      // There is nothing to ask where API Gateway writes no log, or no outbox runs.
      if (logGroupNames.length === 0) continue;
      new CfnQueryDefinition(this, name.replaceAll(/\W/g, '-'), {
        name: `maitred/${props.stage}/${name}`,
        queryString: textOfQuery(name),
        logGroupNames,
      });
    }
  }
}
