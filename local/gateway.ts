import { join } from 'node:path';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { availableParallelism } from 'node:os';
import { createArrivals } from './arrivals.ts';
import { readAssembly } from './assembly.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import { type Blueprint, readBlueprint } from './blueprint.ts';
import { createCallers, type Operator } from './callers.ts';
import type { Connections } from './connections.ts';
import { prepareDataFolder } from './data-folder.ts';
import { type DemoUser, demoIn, demoOf, issuerName } from './demo.ts';
import { openEngines } from './engines/engines.ts';
import type { TableStream } from './engines/table-streams.ts';
import { startEventSource } from './event-sources.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFunctions } from './functions.ts';
import { mapsFolder, mapsIn } from './traces.ts';
import type { GatewayEvent, LogLine } from './gateway-event.ts';
import type { GivenValues } from './given-values.ts';
import { createIssuer, issuerPath } from './issuer.ts';
import { listen, loopback } from './loopback.ts';
import { createManagement, managementPath } from './management.ts';
import { createMeter, type Meter } from './meter.ts';
import { createOutboxTrail, type OutboxTrail, withEnvelopesTold } from './outbox-trail.ts';
import { createRoleRights, type FunctionRight } from './rights/role-rights.ts';
import { withLocalAddresses } from './sandbox/addresses.ts';
import { createBudget } from './sandbox/budget.ts';
import { unpackCode } from './sandbox/code-folders.ts';
import { environmentOf } from './sandbox/environment.ts';
import type { Outcome } from './sandbox/sandbox.ts';
import { StartError } from './start-error.ts';
import { startStreamSource } from './stream-sources.ts';
import { createWebhook } from './webhook.ts';
import { createWebSocketFront } from './websocket.ts';
import { serve } from './wire.ts';

export type GatewayOptions = {
  /** The directory `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** The gateway of the app that is meant, by the path of its construct. @default the only one */
  readonly door?: string;
  /** What only a deployment knows of what the gateway needs. @default nothing */
  readonly given?: GivenValues;
  /** Variables of the functions' environment that are as if they were not there. @default none */
  readonly withoutVariables?: readonly string[];
  /** @default 0, any free port */
  readonly port?: number;
  /**
   * Addresses of this machine on which the WebSocket port is open, too. Nothing else is: the issuer, the console, the callback URL
   * and AWS's endpoint stay on loopback.
   * @default none
   */
  readonly openOn?: readonly string[];
  /** The people of the demo, each with a role. @default those of the stage's configuration */
  readonly demoUsers?: Readonly<Record<DemoUser, string>>;
  /**
   * What becomes of the text of the stage's file beside each function's code, before anything reads it.
   * @default it stays as it is
   */
  readonly configure?: (stageFile: string) => string;
  /** Keeps tables, queues and the issuer's key for the next start. @default everything in memory */
  readonly dataDir?: string;
  /** Epoch milliseconds for `connectedAt` and `requestTimeEpoch`. @default the system's clock */
  readonly clock?: () => number;
  /**
   * How many times as long as on AWS a function may take, and whatever it measures or waits for itself: an attempt of a call,
   * a pause, what is left of its time. The calendar is nobody's own and stays: `Date` and what is stamped with it, delays of
   * queues. For tests, which should not find out how fast a machine is.
   * @default 1
   */
  readonly timeScale?: number;
  /** Whether each function's first sandbox is there before the gateway is, and one that cannot be loaded is told. @default true */
  readonly warm?: boolean;
  /** @default 10 minutes, the platform's limit */
  readonly idleTimeoutMs?: number;
  /** @default 2 hours, the platform's limit */
  readonly lifetimeMs?: number;
  /**
   * An HTTP endpoint of this machine, to which all that reaches a bus is posted, as by an API destination.
   * @default none
   */
  readonly webhook?: string;
  /** What is sent with each post beside, as a destination's connection has its API key. @default nothing */
  readonly webhookHeaders?: Readonly<Record<string, string>>;
  readonly faults?: Partial<Faults>;
  /** Told of connections, closes, failures and every line a function writes. */
  readonly onEvent?: (event: GatewayEvent) => void;
  /** Is asked before the issuer what to answer on the gateway's port; false leaves the request to it. */
  readonly http?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** A running gateway. */
export type Gateway = {
  readonly url: string;
  /** The same on the addresses of `openOn`. */
  readonly openUrls: readonly string[];
  readonly issuerUrl: string;
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  /** Base of `/@connections/…`. */
  readonly managementUrl: string;
  /** The file of the stage, as the functions have it; undefined where they have none. It goes with the gateway. */
  readonly stageFile: string | undefined;
  /** The path of its construct in the app. */
  readonly door: string;
  /** What the app has beside it, and nobody looks at here: how many of each type of resource. */
  readonly leftAlone: ReadonlyMap<string, number>;
  /** What operators sign with. Whoever has it may read and change everything here. */
  readonly operator: Operator;
  /** Physical names. */
  readonly tables: Readonly<Record<'connections' | 'memberships' | 'audit' | 'budgets' | 'events', string>>;
  /** Queue URLs by the queue's name in the app, such as `AuthTimerQueue`. */
  readonly queues: Readonly<Record<string, string>>;
  /** ARNs of the EventBridge buses, likewise. */
  readonly buses: Readonly<Record<string, string>>;
  /** Where the outbox goes, a bus's ARN or a queue's URL; undefined where there is none. */
  readonly outboxTarget: string | undefined;
  /** What left for the backend: by a bus, or by the queue that the app names as its outbox's target. */
  readonly outbox: OutboxTrail;
  readonly faults: Faults;
  readonly meter: Meter;
  /** What the functions' roles grant and no call has needed so far. */
  readonly unusedRights: () => readonly FunctionRight[];
  /** Every line the functions write, from now on; yields what ends the subscription. */
  readonly logs: { readonly subscribe: (listener: (line: LogLine) => void) => () => void };
  readonly token: (user: DemoUser, claims?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Runs a function, such as `ConnectFunction`, directly and yields how it ended. */
  readonly invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  readonly close: () => Promise<void>;
};

const minuteMs = 60_000;

/**
 * Beyond one for each function. More would take the processors from the engines and from one another, and each has to
 * compile its function's hot paths for itself.
 */
const sandboxesBeyondTheFirst = Math.max(1, availableParallelism() - 1);

/** A sandbox takes 18 to 40 MB to keep and 0.1 s to start again. Lambda ends one that is idle, too, some minutes later. */
const keepSandboxes = { keepMs: 5_000, keepAtLeastMs: 1_000, keepLastMs: 60_000 };

/**
 * Runs a synthesized app on this machine: the functions from their own assets, tables and queues as the template has them,
 * and API Gateway's side of the sockets. Throws `StartError` when the reader has something to mend.
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { dataDir, clock = Date.now } = options;
  const closers: (() => unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  let closing: Promise<void> | undefined;
  try {
    return await start();
  } catch (error) {
    await closeAll();
    throw error;
  }

  async function start(): Promise<Gateway> {
    const stacks = readAssembly(options.assemblyDir);
    if (dataDir !== undefined) prepareDataFolder(dataDir);
    const logListeners = new Set<(line: LogLine) => void>();
    const onEvent = (event: GatewayEvent): void => {
      options.onEvent?.(event);
      if (event.type === 'log') for (const listener of logListeners) listener(event);
    };

    // The port is part of the functions' environment, so it must be known before there is anything to answer with.
    const unavailable: RequestListener = (_, response) => response.writeHead(503).end();
    let answer = unavailable;
    const front = await listen(options.port ?? 0, (request, response) => answer(request, response));
    closers.push(front.close);
    const aws = await listen(0, (request, response) => serve(awsEndpoint, request, response));
    closers.push(aws.close);
    // Whoever reaches one of these finds sockets and nothing else.
    const sockets = await Promise.all(
      (options.openOn ?? []).map(async (address) => {
        const server = await listen(front.port, (_, response) => response.writeHead(426).end(), address);
        closers.push(server.close);
        return { ...server, url: `ws://${isIPv6(address) ? `[${address}]` : address}:${front.port}/` };
      }),
    );
    const httpUrl = `http://${loopback}:${front.port}`;
    const awsUrl = `http://${loopback}:${aws.port}`;

    const blueprint = readBlueprint(stacks, awsUrl, options);
    const { api } = blueprint;
    const addresses = [
      { deployed: `https://${api.domainName}`, local: httpUrl },
      { deployed: issuerName, local: httpUrl + issuerPath },
      ...regionsOf(blueprint.queues).map((region) => ({
        deployed: `https://sqs.${region}.amazonaws.com`,
        local: awsUrl,
      })),
    ];
    const rights = createRoleRights(blueprint);
    const tables = {
      connections: blueprint.output('ConnectionsTableName'),
      memberships: blueprint.output('MembershipsTableName'),
      audit: blueprint.output('AuditTableName'),
      budgets: blueprint.output('BudgetsTableName'),
      events: blueprint.output('EventsTableName'),
    };
    const code = unpackCode(blueprint.functions, addresses, options.configure);
    closers.push(code.remove);
    const demo = options.demoUsers === undefined ? demoIn(code.stageFile) : demoOf(options.demoUsers);
    const faults = createFaults(options.faults);
    const opened = await openEngines(
      blueprint,
      tables.memberships,
      demo,
      dataDir,
      faults,
      (close) => closers.push(close),
      (event) => onEvent({ type: 'journal', ...event }),
    );

    const trail = createOutboxTrail(clock);
    closers.push(
      trail.subscribe(({ 'detail-type': detailType, target, detail }) => {
        const { restaurant_id: id } = detail;
        onEvent({ type: 'left', detailType, target, restaurantId: typeof id === 'string' ? id : undefined });
      }),
    );
    const webhook =
      options.webhook === undefined
        ? undefined
        : createWebhook({
            url: options.webhook,
            headers: options.webhookHeaders ?? {},
            onEvent: (event) => onEvent({ type: 'webhook', ...event }),
          });
    if (webhook !== undefined) closers.push(webhook.close);
    opened.events.subscribe((event) => {
      const { source, 'detail-type': type, detail } = event;
      const told = trail.left({ source, 'detail-type': type, detail, target: 'bus' });
      webhook?.deliver(event, told);
    });
    const outboxTarget = blueprint.outboxTarget && withLocalAddresses(blueprint.outboxTarget, addresses);
    const sqs = withEnvelopesTold(opened.sqs, outboxTarget ?? 'none', (one) => trail.left({ ...one, target: 'queue' }));
    const engines = { ...opened, sqs };

    const recorder = createMeter();
    const callers = createCallers(
      blueprint.functions.map(({ functionName }) => functionName),
      [api.region, ...regionsOf(blueprint.queues)],
    );
    const senders = new Map(
      blueprint.functions.map(({ functionName, roleId }) => [functionName, roleId && `${roleId}:${functionName}`]),
    );
    const awsEndpoint = createAwsEndpoint({
      engines,
      callers,
      recorder,
      faults,
      policy: rights.policy,
      senderIdOf: (functionName) => senders.get(functionName),
    });
    const issuer = await createIssuer(httpUrl + issuerPath, dataDir, demo);
    const connections: Connections = new Map();
    const management = createManagement({ connections, callers, recorder, faults, mayManage: rights.mayManage });
    const functions = createFunctions({
      findMap: mapsIn([join(options.assemblyDir, mapsFolder)]),
      lambdas: code.lambdas,
      shortcuts: [
        { origin: awsUrl, pathPrefix: '/', exchange: awsEndpoint },
        { origin: httpUrl, pathPrefix: managementPath(api.stage), exchange: management },
      ],
      timeScale: options.timeScale ?? 1,
      sandboxes: { budget: createBudget(sandboxesBeyondTheFirst), ...keepSandboxes },
      recorder,
      onEvent,
      environmentOf: (lambda) =>
        environmentOf(
          lambda,
          { region: api.region, credentials: callers.credentialsOf(lambda.functionName), awsEndpoint: awsUrl },
          addresses,
        ),
    });
    closers.push(functions.close);
    if (options.warm ?? true) await functions.warm();

    const arrivals = createArrivals();
    const webSockets = createWebSocketFront({
      api,
      connections,
      arrivals,
      faults,
      onEvent,
      now: clock,
      idleTimeoutMs: options.idleTimeoutMs ?? 10 * minuteMs,
      lifetimeMs: options.lifetimeMs ?? 120 * minuteMs,
      invoke: (route, makeEvent, connectionId) =>
        functions.invoke(route.functionArn, makeEvent, { timeoutMs: route.timeoutMs, connectionId }),
    });
    // What is kept on disk should not show connections that are gone.
    closers.push(() => webSockets.close(dataDir !== undefined));
    for (const { server } of [front, ...sockets]) server.on('upgrade', webSockets.upgrade);
    answer = (request, response) => {
      if (request.url?.startsWith(managementPath(api.stage))) serve(management, request, response);
      else if (options.http?.(request, response) !== true && !issuer.handle(request, response))
        response.writeHead(426).end();
    };
    for (const source of blueprint.eventSources) {
      const queue = queueOf(blueprint, source.queueArn);
      const invoke = (event: unknown) => functions.invoke(source.functionName, () => event);
      closers.push(
        startEventSource({ source, queue, region: api.region, sqs: engines.sqs, invoke, arrivals, recorder, faults })
          .close,
      );
    }
    for (const source of blueprint.streamSources) {
      const stream = streamOf(engines.dynamodb.streams, source.streamArn);
      const invoke = (event: unknown) => functions.invoke(source.functionName, () => event);
      closers.push(startStreamSource({ source, stream, invoke, faults }).close);
    }
    // First of all: whoever comes back while sockets are being closed would meet a gateway that serves nobody any more.
    closers.push(() => {
      webSockets.closeAdmission();
      answer = unavailable;
    });

    return {
      url: `ws://${loopback}:${front.port}/${api.stage}`,
      openUrls: sockets.map(({ url }) => url + api.stage),
      issuerUrl: httpUrl + issuerPath,
      dynamodbEndpoint: awsUrl,
      sqsEndpoint: awsUrl,
      managementUrl: `${httpUrl}/${api.stage}`,
      stageFile: code.stageFile,
      door: blueprint.door,
      leftAlone: blueprint.leftAlone,
      operator: callers.operator,
      tables,
      queues: Object.fromEntries(blueprint.queues.map(({ name, url }) => [name, url])),
      buses: Object.fromEntries(blueprint.buses.map(({ name, arn }) => [name, arn])),
      outboxTarget,
      outbox: { records: trail.records, subscribe: trail.subscribe },
      faults,
      meter: recorder.meter,
      unusedRights: rights.unused,
      logs: {
        subscribe: (listener) => {
          logListeners.add(listener);
          return () => logListeners.delete(listener);
        },
      },
      token: issuer.token,
      invoke: (functionName, event) => functions.invoke(functionName, () => event),
      close: () => {
        closing ??= closeAll();
        return closing;
      },
    };
  }
};

/** Somebody's queue may be in a region of its own. */
const regionsOf = (queues: Blueprint['queues']): readonly string[] => [
  ...new Set(queues.map(({ arn }) => arn.split(':')[3] ?? '')),
];

const streamOf = (streams: ReadonlyMap<string, TableStream>, arn: string): TableStream => {
  const stream = streams.get(arn);
  if (stream === undefined)
    throw new StartError('TEMPLATE_UNRESOLVED', `an event source reads ${arn}, which is no table's stream.`);
  return stream;
};

const queueOf = ({ queues }: Blueprint, arn: string) => {
  const queue = queues.find((one) => one.arn === arn);
  if (queue === undefined)
    throw new StartError('TEMPLATE_UNRESOLVED', `an event source reads ${arn}, which is no queue.`);
  return queue;
};
