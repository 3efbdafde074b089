/** The connection table. The condition is the lock: each transition is one update that names the state it leaves. */
import { GetCommand, PutCommand, type QueryCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type {
  Authenticated,
  ConnectionKey,
  Ended,
  FoundConnection,
  InStatus,
  Status,
} from '../connection/connection.ts';
import { liveIndexName } from '../env.ts';
import type { Connections, Moved } from '../ports.ts';
import { admit, emissionIntervalMs, latestTatMs } from '../rate-limit/gcra.ts';
import { connectionOf, pendingItem, sessionAttributes, tombstoneItem } from './connection-item.ts';
import { conditionally, type Item, orInTheWay, queryAll, queryAllMetered, readAll, type Table } from './table.ts';

const isNewer = 'attribute_not_exists(connection_id) OR connected_at_ms < :connected_at_ms';
const isInState = '#status = :from';
const isThisConnection = 'connected_at_ms = :connected_at_ms';
const isOwn = 'owner_id = :owner_id';
const arrivedInTime = 'auth_deadline_ms >= :arrived_at_ms';
const deadlineHasPassed = 'auth_deadline_ms < :at_ms';
const leaseHasLapsed = 'lease_expires_at_ms < :at_ms';
const sessionIsLive = 'session_expires_at_ms > :at_ms';
const isNotOwn = 'owner_id <> :owner_id';
const tatHasPassed = '(attribute_not_exists(paid_until_ms) OR paid_until_ms <= :at_ms)';
const tatIsWithinBurst = 'paid_until_ms > :at_ms AND paid_until_ms <= :latest_tat_ms';
const isSaidToBeGone = 'ended_by = :gone';
const expiresNoEarlier = 'session_expires_at_ms <= :session_expires_at_ms';

type Change<S extends Status> = Readonly<{
  from: Status;
  to: S;
  ownerId: string;
  /** Beside the state it leaves and the connection itself. */
  conditions: readonly string[];
  /** What the conditions compare with. */
  compared?: Readonly<Record<`:${string}`, number>>;
  set?: Readonly<Record<string, unknown>>;
  /** Added to what the row has. */
  add?: Readonly<Record<string, number>>;
  remove?: readonly string[];
}>;

type Burial = Readonly<{
  endedBy: Ended['endedBy'];
  atMs: number;
  from: Status;
  condition: string;
  compared?: Readonly<Record<string, string>>;
}>;

/** The row of that very connection, strongly consistent. */
export const readConnection =
  ({ client, tableName: TableName }: Table): Connections['read'] =>
  async (key) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: rowKey(key), ConsistentRead: true }));
    return connectionFound(Item, key);
  };

export const rowKey = ({ connectionId }: ConnectionKey): Item => ({ connection_id: connectionId });

/** What a row says of a connection. An id the platform used again is another connection. */
export const connectionFound = (
  item: Item | undefined,
  { connectedAtMs }: ConnectionKey,
): FoundConnection | undefined => {
  const connection = item && connectionOf(item);
  return connection?.connectedAtMs === connectedAtMs ? connection : undefined;
};

const hintAttributes = ['hinted_user_id', 'hinted_restaurant_id', 'hinted_connection_type'];

export const connections = (table: Table): Connections => {
  const { client, tableName: TableName } = table;
  const read = readConnection(table);

  const move = async <S extends Status>(key: ConnectionKey, change: Change<S>): Promise<Moved<S>> => {
    const { from, to, ownerId, conditions, compared = {}, set = {}, add = {}, remove = [] } = change;
    const assigned = Object.entries({ ...set, owner_id: ownerId }).filter(([, value]) => value !== undefined);
    const added = Object.entries(add);
    const assignments = [
      '#status = :to',
      ...assigned.map(([name]) => `#${name} = :${name}`),
      ...added.map(([name]) => `#${name} = #${name} + :${name}`),
    ];
    const written = await orInTheWay(
      client.send(
        new UpdateCommand({
          TableName,
          Key: rowKey(key),
          ConditionExpression: [isInState, isThisConnection, ...conditions].join(' AND '),
          UpdateExpression: `SET ${assignments.join(', ')}${remove.length === 0 ? '' : ` REMOVE ${remove.join(', ')}`}`,
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries([...assigned, ...added].map(([name]) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':from': from,
            ':to': to,
            ':connected_at_ms': key.connectedAtMs,
            ...compared,
            ...Object.fromEntries([...assigned, ...added].map(([name, value]) => [`:${name}`, value])),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    const moved = (row: FoundConnection): Moved<S> =>
      isInStatus(row, to) ? { moved: true, connection: row } : { moved: false, found: row };
    if ('Attributes' in written && written.Attributes !== undefined) return moved(connectionOf(written.Attributes));
    const inTheWay = 'inTheWay' in written ? written.inTheWay : undefined;
    // No item: there is none, or the engine does not say.
    const found = inTheWay === undefined ? await read(key) : connectionFound(inTheWay, key);
    // A retry by the SDK fails its own condition when the first try was applied: then the row is already ours.
    if (found?.status === to && 'ownerId' in found && found.ownerId === ownerId) return moved(found);
    return { moved: false, found };
  };

  const putTombstone = (key: ConnectionKey, { endedBy, atMs, from, condition, compared = {} }: Burial) =>
    conditionally(
      client.send(
        new PutCommand({
          TableName,
          Item: tombstoneItem({ ...key, status: 'ended', endedBy }, atMs),
          ConditionExpression: `${isInState} AND ${condition}`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':from': from, ':connected_at_ms': key.connectedAtMs, ...compared },
        }),
      ),
    );

  const liveQuery = (restaurantId: string): QueryCommandInput => ({
    TableName,
    IndexName: liveIndexName,
    KeyConditionExpression: 'live_restaurant_id = :restaurant_id',
    ExpressionAttributeValues: { ':restaurant_id': restaurantId },
  });

  return {
    read,
    readEach: async (keys) => {
      // A request that names an item twice is refused.
      const ids = new Map(keys.map((key) => [key.connectionId, rowKey(key)]));
      const found = await readAll(client, { [TableName]: { Keys: [...ids.values()], ConsistentRead: true } });
      const rows = new Map((found[TableName] ?? []).map((item) => [item['connection_id'], item]));
      return keys.map((key) => connectionFound(rows.get(key.connectionId), key));
    },
    open: async (handshake) => {
      // A retry that meets its own row is refused and has nothing left to do.
      await conditionally(
        client.send(
          new PutCommand({
            TableName,
            Item: pendingItem(handshake),
            ConditionExpression: isNewer,
            ExpressionAttributeValues: { ':connected_at_ms': handshake.connectedAtMs },
          }),
        ),
      );
    },
    acquireLease: (key, { ownerId, arrivedAtMs, leaseExpiresAtMs }) =>
      move(key, {
        from: 'pending',
        to: 'verifying',
        ownerId,
        conditions: [arrivedInTime],
        compared: { ':arrived_at_ms': arrivedAtMs },
        set: { lease_expires_at_ms: leaseExpiresAtMs },
      }),
    grant: (key, ownerId, session) =>
      move(key, {
        from: 'verifying',
        to: 'granting',
        ownerId,
        conditions: [isOwn],
        set: sessionAttributes(session),
        // What the handshake claimed has been judged, and the row stays within one write unit without it.
        remove: hintAttributes,
      }),
    // In the index from now on. A row that the release before granted has its hints still.
    activate: (key, ownerId, { restaurantId, lastMessage }) =>
      move(key, {
        from: 'granting',
        to: 'authenticated',
        ownerId,
        conditions: [isOwn],
        set: { live_restaurant_id: restaurantId, last_message: lastMessage },
        remove: ['lease_expires_at_ms', 'dialect', ...hintAttributes],
      }),
    refuse: (key, ownerId, reason) =>
      move(key, { from: 'verifying', to: 'refused', ownerId, conditions: [isOwn], set: { reason } }),
    timeOut: (key, { ownerId, atMs }) =>
      move(key, {
        from: 'pending',
        to: 'timed_out',
        ownerId,
        conditions: [deadlineHasPassed],
        compared: { ':at_ms': atMs },
      }),
    lapse: (key, { ownerId, atMs }) =>
      move(key, {
        from: 'verifying',
        to: 'lapsed',
        ownerId,
        conditions: [leaseHasLapsed],
        compared: { ':at_ms': atMs },
      }),
    abandon: (key, { ownerId, atMs }, because) =>
      move(key, {
        from: 'granting',
        to: 'unseated',
        ownerId,
        ...abandonConditions(because, atMs),
      }),
    renew: async (key, { ownerId, atMs, session, rate }) => {
      const renewed = {
        role: session.role,
        membership_source: session.membershipSource,
        token_issued_at_ms: session.tokenIssuedAtMs,
        logged_in_at_ms: session.loggedInAtMs,
        session_expires_at_ms: session.sessionExpiresAtMs,
      };
      const admitting = (condition: string, change: Pick<Change<'authenticated'>, 'compared' | 'set' | 'add'>) =>
        move(key, {
          from: 'authenticated',
          to: 'authenticated',
          ownerId,
          conditions: [sessionIsLive, expiresNoEarlier, isNotOwn, condition],
          ...change,
        });
      // No expression knows the later of two moments, so there are two writes; renewals are rare, the first will do.
      let outcome = await admitting(tatHasPassed, {
        compared: { ':at_ms': atMs },
        set: { ...renewed, paid_until_ms: atMs + emissionIntervalMs(rate) },
      });
      if (tatIsAhead(outcome, atMs))
        outcome = await admitting(tatIsWithinBurst, {
          compared: { ':at_ms': atMs, ':latest_tat_ms': latestTatMs(rate, atMs) },
          set: renewed,
          add: { paid_until_ms: emissionIntervalMs(rate) },
        });
      if (outcome.moved || outcome.found?.status !== 'authenticated') return outcome;
      if (outcome.found.session.sessionExpiresAtMs <= atMs) return outcome;
      if (admit(outcome.found.messagesTatMs, rate, atMs) === 'over') return 'over_rate';
      // Another renewal gave it a later end meanwhile: ours has nothing to add.
      return outcome.found.session.sessionExpiresAtMs > session.sessionExpiresAtMs
        ? { moved: true, connection: outcome.found }
        : outcome;
    },
    close: (key, ownerId, reason) =>
      move(key, {
        from: 'authenticated',
        to: 'closing',
        ownerId,
        conditions: [],
        set: { closing_reason: reason },
        remove: ['live_restaurant_id'],
      }),
    sessionsAt: async (restaurantId) => sessionsIn(await queryAll(client, liveQuery(restaurantId))),
    presentAt: async (restaurantId) => {
      const { items, units } = await queryAllMetered(client, liveQuery(restaurantId));
      return { sessions: sessionsIn(items), units };
    },
    // The whole row is replaced, so that it leaves the index; that costs what a delete would.
    end: async (key, status, { endedBy, atMs }) => {
      const ended = await putTombstone(key, { endedBy, atMs, from: status, condition: isThisConnection });
      return ended === 'refused' ? 'changed' : 'ended';
    },
    claimFarewell: async (key, atMs) => {
      const told = await putTombstone(key, {
        endedBy: 'disconnect',
        atMs,
        from: 'ended',
        condition: `${isThisConnection} AND ${isSaidToBeGone}`,
        compared: { ':gone': 'gone' },
      });
      return told === 'refused' ? 'told' : 'first';
    },
  };
};

const sessionsIn = (items: readonly Item[]): readonly Authenticated[] =>
  items.map(connectionOf).filter((connection) => connection.status === 'authenticated');

const tatIsAhead = (outcome: Moved<'authenticated'>, atMs: number): boolean =>
  !outcome.moved && outcome.found?.status === 'authenticated' && (outcome.found.messagesTatMs ?? 0) > atMs;

const abandonConditions = (because: Parameters<Connections['abandon']>[2], atMs: number) => {
  switch (because) {
    case 'own':
      return { conditions: [isOwn] };
    case 'lease_lapsed':
      return { conditions: [leaseHasLapsed], compared: { ':at_ms': atMs } };
    case 'client_left':
      return { conditions: [] };
  }
};

const isInStatus = <S extends Status>(found: FoundConnection, status: S): found is InStatus<S> =>
  found.status === status;
