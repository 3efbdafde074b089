import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config-schema/stage-config.ts';
import { type EnvironmentName, environment, liveIndexName } from '../lambdas/env.ts';
import { AuthTimer } from './auth-timer.ts';
import { EventQueue } from './event-queue.ts';
import { RedeliveryQueue } from './redelivery-queue.ts';
import type { CodeOf, EntryName, OptionalEntry } from './bundle.ts';
import { GatewayFunction } from './gateway-function.ts';
import type { MaitredState } from './maitred-state.ts';
import { GatewayApi } from './gateway-api.ts';
import { Outbox } from './outbox.ts';

export interface MaitredGatewayProps {
  /** Name of the stage, which API Gateway's stage has, too. */
  readonly stage: string;

  /** The stage's configuration. */
  readonly config: StageConfig;

  /** Tables and issuers of the same stage. */
  readonly state: MaitredState;

  /** Code of each function, with the stage's configuration beside it. */
  readonly codeOf: CodeOf;
}

/** Everything that can be made again: the WebSocket API, the functions behind it and the timer. */
export class MaitredGateway extends Construct {
  readonly api: GatewayApi;
  readonly timer: AuthTimer;
  readonly events: EventQueue;
  readonly functions: Readonly<
    Record<Exclude<EntryName, OptionalEntry>, GatewayFunction> & Partial<Record<OptionalEntry, GatewayFunction>>
  >;
  /** The way to the backend, where the configuration asks for one. */
  readonly outbox: Outbox | undefined;

  constructor(scope: Construct, id: string, props: MaitredGatewayProps) {
    super(scope, id);
    const { stage, config, state } = props;
    // The configuration's schema allows CloudWatch's own values and nothing else.
    const logRetention: RetentionDays = config.logRetentionDays;

    const timer = new AuthTimer(this, 'AuthTimer');
    const events = new EventQueue(this, 'EventQueue');
    const redelivery = new RedeliveryQueue(this, 'Redelivery');
    const api = new GatewayApi(this, 'Door', {
      stageName: stage,
      throttle: config.throttle,
      logRetention,
      accountLogRole: config.accountLogRole,
      domain: config.domain,
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
    ): GatewayFunction =>
      new GatewayFunction(scope, id, {
        code: props.codeOf(entry),
        stage,
        logRetention,
        reservedConcurrency: config.reservedConcurrency,
        environment: settings.variables,
        timeout: settings.timeout,
        ...(settings.memoryMiB && { memoryMiB: settings.memoryMiB }),
      });

    const connect = make('Connect', 'connect', { timeout: Duration.seconds(5), variables: forAll });
    const authenticate = make('Authenticate', 'authenticate', {
      // Shorter than the 4 s for which it leases the connection's row.
      timeout: Duration.seconds(3),
      // It checks signatures, and a device waits for it.
      memoryMiB: 1024,
      variables: {
        ...forCallers,
        [environment.membershipsTable]: state.memberships.tableName,
        ...(state.ownIssuer && { [environment.issuers]: Stack.of(this).toJsonString([state.ownIssuer]) }),
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

    // They post to many sockets at once.
    const posting = { timeout: Duration.seconds(10), memoryMiB: 1024 };
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
    events.deliverTo(fanOut);
    redelivery.deliverTo(redeliver);

    const rows = (handler: GatewayFunction, ...actions: readonly string[]): void => {
      // The table's own grant would span every index, too.
      allow(handler, actions, state.connections.tableArn);
    };
    rows(connect, 'dynamodb:PutItem');
    rows(authenticate, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    rows(message, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    rows(disconnect, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    rows(authTimeout, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
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
    state.events.grant(authenticate.lambda, 'dynamodb:GetItem', 'dynamodb:PutItem');
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

    this.api = api;
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
}

const allow = (handler: GatewayFunction, actions: readonly string[], resourceArn: string): void => {
  Grant.addToPrincipal({ grantee: handler.lambda, actions: [...actions], resourceArns: [resourceArn] });
};
