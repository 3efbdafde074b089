/** A running gateway with an inside view: its rows, its audit records, its log, and every call its functions make. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Client, type ClientOptions, connect } from '../../bin/smoke/client.ts';
import type { Visitor } from '../../bin/smoke/conversation.ts';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { tombstoneItem } from '../../lambdas/dynamodb/connection-item.ts';
import type { Table } from '../../lambdas/dynamodb/table.ts';
import type { DemoUser } from '../../local/demo.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../local/gateway.ts';
import type { GatewayEvent } from '../../local/gateway-event.ts';
import { assemblyWith, type StageParts } from './assembly.ts';
import { createCanary } from './canary.ts';
import { cast } from './cast.ts';
import { connectionTypeOfVisitor, restaurantOfVisitor, visitorOfTests } from './demo-visitor.ts';
import { openIssuers, type TestIssuers } from './issuers.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { AuditView } from './traces.ts';

/** A client whose connection is known by its id, and by the user agent it gave. */
export type NamedClient = Client & Readonly<{ connectionId: string; name: string }>;

export type GatewayFixture = Readonly<{
  gateway: Gateway;
  issuers: TestIssuers;
  recorder: Recorder;
  connections: Table;
  memberships: Table;
  audit: Table;
  /** Client options under which the connection can be found again by `connectionOf`. */
  introduce: (options?: ClientOptions) => ClientOptions & Readonly<{ name: string }>;
  connectionOf: (name: string) => string;
  connect: (options?: ClientOptions) => Promise<NamedClient>;
  token: (user: DemoUser, claims?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** The visitor of most conversations, with a fresh token. */
  visitor: (user?: DemoUser, claims?: Readonly<Record<string, unknown>>) => Promise<Visitor>;
  /** Text that must turn up nowhere: a token, whole or in parts. */
  keepSecret: (token: string) => string;
  /** The row of a connection, while more of it is there than its tombstone. */
  row: (connectionId: string) => Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Lets the `$disconnect` of a client, named by its user agent, wait before it does anything, until what this yields is called. */
  holdDisconnectOf: (name: string) => () => void;
  deleteRow: (connectionId: string) => Promise<void>;
  /** Leaves the tombstone of a connection that a post was told is gone, though it is not. */
  declareGone: (connectionId: string) => Promise<void>;
  /** What the table holds of all that was ever to be written about a connection. */
  records: (connectionId: string) => Promise<readonly AuditView[]>;
  /** The whole table, by connection. */
  allRecords: () => Promise<ReadonlyMap<string, readonly AuditView[]>>;
  logLines: () => readonly string[];
  /** Invocations that ended without a result. */
  /** Everything the gateway told. */
  events: () => readonly GatewayEvent[];
  failures: () => readonly GatewayEvent[];
  /** Where a secret turned up: logs, metrics, events, everything sent to DynamoDB or SQS, and whatever else is given. */
  leaks: (places?: readonly string[]) => readonly string[];
  /** Every item of every table. */
  everythingStored: () => Promise<readonly string[]>;
  /**
   * Yields what the work does; when it fails the fixture is closed first. For what a test file does while it is loaded: a file
   * that cannot be loaded has no `afterAll`, and an open fixture would keep the process from ending.
   */
  orClose: <T>(work: Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}>;

/** How long a client waits for what must come: a wait that fails says more than one that does not end. */
const waitMs = 30_000;

/** The one origin on the allow-list. */
export const allowedOrigin = 'https://till.example.com';

/**
 * A loaded machine takes several times as long for everything; functions that lost their patience then would be its fault
 * and not theirs. What is about their patience says so and takes 1.
 */
const patient = 10;

/** Of the first message of a socket: as long as a stage may have it. What is about the deadline takes one of its own. */
const authTimeoutSeconds = 30;

/**
 * Its functions have all the time they want, unless `options` or `config` say otherwise.
 *
 * @param config other values for what the functions are configured with
 * @param parts what the stage has that others do not
 */
export const openGatewayFixture = async (
  options: Omit<GatewayOptions, 'assemblyDir'> = {},
  config: Partial<FunctionConfig> = {},
  parts: StageParts = {},
): Promise<GatewayFixture> => {
  const issuers = await openIssuers();
  const dir = mkdtempSync(join(tmpdir(), 'maitred-fixture-'));
  const recorder = createRecorder();
  const events: GatewayEvent[] = [];
  const leave = async (): Promise<void> => {
    await issuers.close();
    rmSync(dir, { recursive: true });
  };
  const start = async (): Promise<Gateway> =>
    startGateway({
      timeScale: patient,
      // Most files need four functions of ten.
      warm: false,
      ...options,
      assemblyDir: await assemblyWith(
        dir,
        (synthesized) => ({
          ...synthesized,
          issuers: [...synthesized.issuers, ...issuers.settings],
          allowedOrigins: [allowedOrigin],
          authTimeoutSeconds,
          ...cast.domain,
          ...config,
        }),
        parts,
      ),
      faults: { ...options.faults, awsCall: recorder.awsCall },
      onEvent: (event) => events.push(event),
    });
  const gateway = await start().catch(async (error) => {
    await leave();
    throw error;
  });
  const client = operatorOf(gateway);
  const canary = createCanary();
  let clients = 0;

  const introduce: GatewayFixture['introduce'] = (clientOptions = {}) => {
    clients += 1;
    const name = `client-${clients}`;
    return { timeoutMs: waitMs, ...clientOptions, name, headers: { 'user-agent': name, ...clientOptions.headers } };
  };
  const connectionOf = (name: string): string => {
    const connectionId = recorder.connectionOf(name);
    if (connectionId === undefined) throw new Error(`${name} has no connection`);
    return connectionId;
  };
  const token: GatewayFixture['token'] = async (user, claims) => canary.keep(await gateway.token(user, claims));
  const allRecords = async () => {
    const byConnection = new Map<string, AuditView[]>();
    for (const item of await itemsOf({ client, tableName: gateway.tables.audit })) {
      const views = byConnection.get(String(item['connection_id'])) ?? [];
      byConnection.set(String(item['connection_id']), [...views, viewOf(item)]);
    }
    return new Map([...byConnection].map(([connectionId, views]) => [connectionId, sorted(views)]));
  };
  const close = async (): Promise<void> => {
    await gateway.close();
    client.destroy();
    await leave();
  };
  const logLines = () => events.flatMap((event) => (event.type === 'log' ? [event.line] : []));

  return {
    gateway,
    issuers,
    recorder,
    connections: { client, tableName: gateway.tables.connections },
    memberships: { client, tableName: gateway.tables.memberships },
    audit: { client, tableName: gateway.tables.audit },
    introduce,
    connectionOf,
    connect: async (clientOptions) => {
      const { name, ...introduced } = introduce(clientOptions);
      const opened = await connect(gateway.url, introduced);
      return { ...opened, name, connectionId: connectionOf(name) };
    },
    token,
    visitor: async (user = visitorOfTests, claims = {}) => ({
      url: gateway.url,
      token: await token(user, claims),
      restaurantId: restaurantOfVisitor,
      connectionType: connectionTypeOfVisitor,
    }),
    keepSecret: canary.keep,
    row: async (connectionId) => {
      const key = { connection_id: connectionId };
      const read = new GetCommand({ TableName: gateway.tables.connections, Key: key, ConsistentRead: true });
      const { Item } = await client.send(read);
      return Item?.['status'] === 'ended' ? undefined : Item;
    },
    holdDisconnectOf: (name) => {
      const released = Promise.withResolvers<'pass'>();
      const end = recorder.interfere(({ functionName, connectionId }) =>
        functionName === 'DisconnectFunction' && connectionId === recorder.connectionOf(name)
          ? released.promise
          : undefined,
      );
      return () => {
        end();
        released.resolve('pass');
      };
    },
    deleteRow: async (connectionId) => {
      await client.send(
        new DeleteCommand({ TableName: gateway.tables.connections, Key: { connection_id: connectionId } }),
      );
    },
    declareGone: async (connectionId) => {
      const key = { connection_id: connectionId };
      const { Item } = await client.send(new GetCommand({ TableName: gateway.tables.connections, Key: key }));
      const connectedAtMs = Number(Item?.['connected_at_ms']);
      const tombstone = tombstoneItem({ connectionId, connectedAtMs, status: 'ended', endedBy: 'gone' }, Date.now());
      await client.send(new PutCommand({ TableName: gateway.tables.connections, Item: tombstone }));
    },
    records: async (connectionId) => {
      const Keys = recorder.keysWritten(gateway.tables.audit, connectionId).slice();
      if (Keys.length === 0) return [];
      const read = new BatchGetCommand({ RequestItems: { [gateway.tables.audit]: { Keys, ConsistentRead: true } } });
      const { Responses } = await client.send(read);
      return sorted((Responses?.[gateway.tables.audit] ?? []).map(viewOf));
    },
    allRecords,
    logLines,
    events: () => events,
    failures: () => events.filter((event) => event.type === 'failed'),
    leaks: (places = []) =>
      canary.foundIn([
        ...logLines(),
        ...events.map((event) => JSON.stringify(event)),
        ...recorder.everything(),
        ...places,
      ]),
    everythingStored: async () => {
      const tables = await client.send(new ListTablesCommand());
      const items = await Promise.all((tables.TableNames ?? []).map((tableName) => itemsOf({ client, tableName })));
      return items.flat().map((item) => JSON.stringify(item));
    },
    orClose: async (work) => {
      try {
        return await work;
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
};

const operatorOf = ({ dynamodbEndpoint, operator }: Gateway): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: dynamodbEndpoint,
      region: operator.region,
      credentials: operator,
      // A wait that fails says more than one that does not end.
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );

const itemsOf = async ({ client, tableName }: Table): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const items: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        ConsistentRead: true,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
};

const viewOf = (item: Readonly<Record<string, unknown>>): AuditView => {
  const kind = String(item['sk']).split('#')[2]?.split('/')[0];
  const claimed = item['unmapped'] as Record<string, string> | undefined;
  return {
    trail: /^R#([^#]+)#/.exec(String(item['pk']))?.[1] ?? 'unverified',
    kind: kind as AuditView['kind'],
    event: String(item['event']),
    severity: item['severity'] as AuditView['severity'],
    detail: String(item['detail']),
    ...(item['user_id'] === undefined ? {} : { user: `${item['issuer']}/${item['user_id']}` }),
    ...(item['connection_type'] === undefined ? {} : { connectionType: String(item['connection_type']) }),
    ...(claimed === undefined
      ? {}
      : {
          claimed: Object.fromEntries(
            Object.entries(claimed).map(([name, value]) => [name.slice('claimed_'.length), value]),
          ),
        }),
  };
};

const kinds: readonly AuditView['kind'][] = [
  'handshake',
  'attempt',
  'platform_owner',
  'renewal',
  'message',
  'messages',
  'end',
];
const sorted = (views: readonly AuditView[]): readonly AuditView[] =>
  views.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
