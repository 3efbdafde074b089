import { CfnOutput, Duration, Names, Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable, type IManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ConfigError, shown } from '../config-schema/config-error.ts';
import { stageFileOf } from '../config-schema/stage-file.ts';
import { type EnvironmentName, environment, liveIndexName } from '../lambdas/env.ts';
import { AuthTimer } from './auth-timer.ts';
import { EventQueue } from './event-queue.ts';
import { RedeliveryQueue } from './redelivery-queue.ts';
import { catalogue, type SecurityEvent } from '../lambdas/security/catalogue.ts';
import { demandStageName } from './config.ts';
import { demandIssuersNearby, demandOneCdk, MaitredError } from './construct-problems.ts';
import { grantKey, letLogsUse } from './customer-key.ts';
import type { EntryName, FunctionsCode, OptionalEntry } from './entries.ts';
import { GatewayFunction, type NetworkProps } from './gateway-function.ts';
import { gatewayMetrics, period } from './gateway-metrics.ts';
import { demandAlone, demandBeside, demandGiven } from './given-constructs.ts';
import { judgedSettings } from './judged-settings.ts';
import { packagedCode } from './packaged-code.ts';
import type { GatewaySettings } from './settings.ts';
import type { MaitredState } from './maitred-state.ts';
import { GatewayApi } from './gateway-api.ts';
import { Outbox } from './outbox.ts';

/** What the part that runs is told. */
export interface MaitredGatewayProps extends GatewaySettings {
  /** What is kept: the tables, who issues the tokens, and whether there is an outbox. */
  readonly state: MaitredState;

  /**
   * Name of API Gateway's stage, which is the path of the URL, and by which metrics of several gateways are told apart: up to 20 of
   * a-z, 0-9 and "-", a letter first. It is never changed later.
   *
   * @default - made from the construct's path
   */
  readonly stageName?: string | undefined;

  /**
   * Encrypts queues, logs and the functions' environments.
   *
   * @default - the key of `state`, else keys that AWS keeps
   */
  readonly encryptionKey?: IKey | undefined;

  /**
   * Where the functions run.
   *
   * @default - outside of every network of the account's
   */
  readonly network?: NetworkProps | undefined;

  /**
   * Bounds what each role may ever do.
   *
   * @default - none
   */
  readonly permissionsBoundary?: IManagedPolicy | undefined;

  /**
   * Where the functions' code is from.
   *
   * @internal
   */
  readonly code?: FunctionsCode;
}

/** Everything that can be made again: the WebSocket API, the functions behind it and the timer. */
export class MaitredGateway extends Construct {
  /** What it keeps. */
  readonly state: MaitredState;
  /** The WebSocket API with its stage. */
  readonly api: GatewayApi;
  /** The queue of deadlines. */
  readonly timer: AuthTimer;
  /** The queue of events, and that of its dead letters. */
  readonly events: EventQueue;
  /** The functions by the entries of their code. */
  readonly functions: Readonly<
    Record<Exclude<EntryName, OptionalEntry>, GatewayFunction> & Partial<Record<OptionalEntry, GatewayFunction>>
  >;
  /** The way to the backend, where the configuration asks for one. */
  readonly outbox: Outbox | undefined;
  /** What devices connect to. */
  readonly webSocketUrl: string;
  /** Its stage's name. */
  readonly stageName: string;
  /** What else encrypts than keys that AWS keeps. */
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: MaitredGatewayProps) {
    super(scope, id);
    demandOneCdk(this);
    demandGiven(`the properties of ${this.node.path}`, props, ['state']);
    const { state, code = packagedCode, encryptionKey = props.state.encryptionKey, ...others } = props;
    const { stageName: stage = stageNameOf(this), network, permissionsBoundary, ...settings } = others;
    demandStageName(`stageName of ${this.node.path}`, stage);
    demandBeside(this, 'state', state);
    if (encryptionKey) demandBeside(this, 'encryptionKey', encryptionKey);
    if (network) demandBeside(this, 'network', network.vpc);
    demandIssuersNearby(this, state.issuers);
    if (props.outboxTarget !== undefined && state.outbox === 'none')
      throw new MaitredError(
        'PARTS_DIFFER',
        `outboxTarget of ${this.node.path} is given, but the outbox of its state is "none"`,
      );
    const { config, deployTimeIssuers } = judgedSettings(`the properties of ${this.node.path}`, state, settings);
    const codeOf = code(stageFileOf(config), config.transport);
    // The configuration's schema allows CloudWatch's own values and nothing else.
    const logRetention: RetentionDays = config.logRetentionDays;

    if (encryptionKey) letLogsUse(encryptionKey, Stack.of(this));
    if (permissionsBoundary) PermissionsBoundary.of(this).apply(permissionsBoundary);
    const timer = new AuthTimer(this, 'AuthTimer', encryptionKey);
    const events = new EventQueue(this, 'EventQueue', encryptionKey);
    const redelivery = new RedeliveryQueue(this, 'Redelivery', encryptionKey);
    const api = new GatewayApi(this, 'Door', {
      stageName: stage,
      throttle: config.throttle,
      logRetention,
      accountLogRole: config.accountLogRole,
      domain: props.domain,
      encryptionKey,
    });

    const forAll = {
      [environment.connectionsTable]: state.connections.tableName,
      [environment.auditTable]: state.audit.tableName,
      [environment.timerQueueUrl]: timer.queue.queueUrl,
      [environment.budgetsTable]: state.budgets.tableName,
    };
    const forCallers = { ...forAll, [environment.callbackUrl]: api.callbackUrl };
    const make = (
      id: string,
      entry: EntryName,
      settings: { timeout: Duration; memoryMiB?: number; variables: Partial<Record<EnvironmentName, string>> },
      scope: Construct = this,
    ): GatewayFunction => {
      const made = new GatewayFunction(scope, id, {
        code: codeOf(entry),
        stage,
        logRetention,
        reservedConcurrency: config.reservedConcurrency,
        environment: settings.variables,
        timeout: settings.timeout,
        encryptionKey,
        network,
        ...(settings.memoryMiB && { memoryMiB: settings.memoryMiB }),
      });
      // The tables have the key of what is kept.
      if (state.encryptionKey !== encryptionKey) grantKey(state.encryptionKey, made.role);
      return made;
    };

    const atDeployment = state.ownIssuer ? [state.ownIssuer] : deployTimeIssuers;
    const issuersOfDeployment = atDeployment && Stack.of(this).toJsonString(atDeployment);
    const connect = make('Connect', 'connect', { timeout: Duration.seconds(5), variables: forAll });
    const authenticate = make('Authenticate', 'authenticate', {
      // Shorter than the 4 s for which it leases the connection's row.
      timeout: Duration.seconds(3),
      variables: {
        ...forCallers,
        [environment.membershipsTable]: state.memberships.tableName,
        ...(issuersOfDeployment && { [environment.issuers]: issuersOfDeployment }),
        [environment.eventsTable]: state.events.tableName,
      },
    });
    const message = make('Message', 'message', {
      timeout: Duration.seconds(3),
      variables: {
        ...forCallers,
        [environment.membershipsTable]: state.memberships.tableName,
        [environment.eventsTable]: state.events.tableName,
        [environment.eventQueueUrl]: events.queue.queueUrl,
      },
    });
    const disconnect = make('Disconnect', 'disconnect', { timeout: Duration.seconds(5), variables: forAll });
    const authTimeout = make('AuthTimeout', 'auth-timeout', { timeout: Duration.seconds(5), variables: forCallers });

    const posting = { timeout: Duration.seconds(10), memoryMiB: config.fanOutMemoryMiB };
    const forPosting = {
      ...forCallers,
      [environment.membershipsTable]: state.memberships.tableName,
      [environment.eventsTable]: state.events.tableName,
      [environment.redeliveryQueueUrl]: redelivery.queue.queueUrl,
    };
    const fanOut = make('FanOut', 'fan-out', {
      ...posting,
      variables: {
        ...forPosting,
        [environment.eventQueueUrl]: events.queue.queueUrl,
        [environment.eventDeadLettersUrl]: events.deadLetters.queueUrl,
        [environment.devicePublisher]: message.role.roleId,
      },
    });
    const redeliver = make('Redeliver', 'redeliver', { ...posting, variables: forPosting });
    const outbox =
      config.outbox === 'none'
        ? undefined
        : new Outbox(this, 'Outbox', {
            kind: config.outbox,
            arn: config.outboxArn,
            target: props.outboxTarget,
            encryptionKey,
            withSecurityEvents: config.outboxSecurityEvents,
            tables: state,
            make: (within, id, settings) => make(id, 'outbox', settings, within),
          });

    api.route('$connect', connect);
    api.route('$disconnect', disconnect);
    api.routeWithReply('$default', message);
    api.routeWithReply('authenticate', authenticate);
    api.routeWithReply('reauth', authenticate);
    timer.deliverTo(authTimeout);
    events.deliverTo(fanOut, config.fanOutConcurrency);
    redelivery.deliverTo(redeliver);

    const rows = (handler: GatewayFunction, ...actions: readonly string[]): void => {
      // The table's own grant would span every index, too.
      allow(handler, actions, state.connections.tableArn);
    };
    rows(connect, 'dynamodb:PutItem');
    rows(authenticate, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    rows(message, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    rows(disconnect, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    rows(authTimeout, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    rows(fanOut, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    // It ends no session but those whose end was begun before.
    rows(redeliver, 'dynamodb:GetItem', 'dynamodb:PutItem');
    // Who is connected to a restaurant: for those who post to them, and for `who`.
    for (const handler of [message, fanOut, redeliver])
      allow(handler, ['dynamodb:Query'], `${state.connections.tableArn}/index/${liveIndexName}`);
    for (const handler of [fanOut, redeliver]) {
      state.memberships.grant(handler.lambda, 'dynamodb:Query');
      redelivery.grantPutOff(handler.lambda);
    }
    state.memberships.grant(authenticate.lambda, 'dynamodb:BatchGetItem');
    state.memberships.grant(message.lambda, 'dynamodb:BatchGetItem');
    state.events.grant(authenticate.lambda, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem');
    state.events.grant(message.lambda, 'dynamodb:BatchGetItem', 'dynamodb:Query');
    state.events.grant(fanOut.lambda, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem');
    state.events.grant(redeliver.lambda, 'dynamodb:GetItem');
    events.grantPublish(message.lambda);
    for (const handler of [connect, authenticate, message, disconnect, authTimeout, fanOut, redeliver]) {
      // Append only: nobody may change or read a record.
      state.audit.grant(handler.lambda, 'dynamodb:PutItem');
      // Refusals of an address are counted, and a member that is put out is not trusted for a while. Who posts again does neither.
      if (handler !== redeliver) state.budgets.grant(handler.lambda, 'dynamodb:UpdateItem');
      timer.grantArm(handler.lambda);
    }
    // The keys of re-entry passes: one makes and signs, the other verifies.
    state.budgets.grant(authenticate.lambda, 'dynamodb:GetItem');
    state.budgets.grant(connect.lambda, 'dynamodb:GetItem');
    // It writes down what a flood only counted.
    state.budgets.grant(authTimeout.lambda, 'dynamodb:GetItem');
    for (const handler of [authenticate, message, authTimeout, fanOut, redeliver]) api.grantPostAndClose(handler);

    this.state = state;
    this.api = api;
    this.webSocketUrl = api.url;
    this.stageName = stage;
    demandAlone(this, (other) => other instanceof MaitredGateway);
    this.encryptionKey = encryptionKey;
    this.timer = timer;
    this.events = events;
    this.functions = {
      connect,
      authenticate,
      message,
      disconnect,
      'auth-timeout': authTimeout,
      'fan-out': fanOut,
      redeliver,
      ...(outbox && { outbox: outbox.handler }),
    };
    this.outbox = outbox;

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    if (outbox !== undefined) {
      output('OutboxTarget', outbox.target, 'Where events and sessions go for the backend');
      output('OutboxDeadLettersUrl', outbox.deadLetters.queueUrl, 'What the outbox set aside, for the command outbox');
    }
    output('WebSocketUrl', api.url, 'What devices connect to');
    output('ManagementUrl', api.callbackUrl, 'Where commands close connections');
    output('EventQueueUrl', events.queue.queueUrl, 'Where backends publish events');
    output(
      'EventDeadLettersUrl',
      events.deadLetters.queueUrl,
      'Events that were put aside, for the command deadletters',
    );
  }

  /** The queue that backends publish to. */
  get eventQueueUrl(): string {
    return this.events.queue.queueUrl;
  }

  /** Lets a backend publish events of every restaurant. */
  grantPublish(grantee: IGrantable): void {
    this.events.grantPublish(grantee);
    grantKey(this.encryptionKey, grantee, 'sending');
  }

  /** Devices that connected. A sum over 5 minutes, as all of these unless it says otherwise. */
  metricConnections(options?: MetricOptions): Metric {
    return this.api.metric('ConnectCount').with({ period, ...options });
  }

  /** Messages that devices sent. */
  metricMessages(options?: MetricOptions): Metric {
    return this.api.metric('MessageCount').with({ period, ...options });
  }

  /** Devices that got a session. */
  metricEntered(options?: MetricOptions): Metric {
    return gatewayMetrics(this.stageName)
      .securityEvents('access_granted')
      .with({ ...options });
  }

  /** Security events of a name of the log inventory. */
  metricSecurityEvent(event: string, options?: MetricOptions): Metric {
    if (!isSecurityEvent(event))
      throw new ConfigError(
        { file: 'metricSecurityEvent' },
        `must be asked for a security event of docs/log-inventory.md, got ${shown(event)}`,
      );
    return gatewayMetrics(this.stageName)
      .securityEvents(event)
      .with({ ...options });
  }

  /** Events that got their number. */
  metricEvents(options?: MetricOptions): Metric {
    return gatewayMetrics(this.stageName)
      .delivery('EventsNumbered', 'Sum')
      .with({ ...options });
  }

  /** Milliseconds from the queue to the last socket, the greatest. */
  metricDeliveryLag(options?: MetricOptions): Metric {
    return gatewayMetrics(this.stageName)
      .delivery('DeliveryLag', 'Maximum')
      .with({ ...options });
  }

  /** What failed of the gateway's own. */
  metricFailures(options?: MetricOptions): Metric {
    return gatewayMetrics(this.stageName)
      .failures()
      .with({ ...options });
  }
}

/** The name of a stage that nobody named. Another construct has another one. */
export const stageNameOf = (construct: Construct): string =>
  Names.uniqueResourceName(construct, { maxLength: 20 }).toLowerCase();

const isSecurityEvent = (name: string): name is SecurityEvent => Object.hasOwn(catalogue, name);

const allow = (handler: GatewayFunction, actions: readonly string[], resourceArn: string): void => {
  Grant.addToPrincipal({ grantee: handler.lambda, actions: [...actions], resourceArns: [resourceArn] });
};
