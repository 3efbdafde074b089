/** The row of a session and its authorization in one request, for sessions that this sandbox knows. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Domain } from '../../protocol/domain.ts';
import { sameSubject } from '../access/authorization.ts';
import type { FoundConnection, Session } from '../connection/connection.ts';
import { lruMap } from '../memory/lru-map.ts';
import type { ReadSession } from '../ports.ts';
import { authorizationIn, authorizationKeys } from './authorization.ts';
import type { AuthorizationTables } from './authorization-tables.ts';
import { connectionFound, readConnection, rowKey } from './connections.ts';
import { readAll } from './table.ts';

/** Sessions a sandbox remembers; the one that was silent longest is forgotten first. */
const maxSessions = 10_000;

/**
 * A session's user and restaurant never change, so a sandbox that has served it once knows which membership and which head
 * to ask for beside its row. What is remembered says only where to look: an answer counts if the row that came with it
 * says that this was the place.
 */
export const readSession = (
  client: DynamoDBDocumentClient,
  tables: AuthorizationTables & Readonly<{ connections: string }>,
  domain: Domain,
): ReadSession => {
  const read = readConnection({ client, tableName: tables.connections });
  const sessions = lruMap<Session>(maxSessions);

  const readBoth = async (
    key: Parameters<ReadSession>[0],
    known: Session,
    head: Parameters<ReadSession>[1],
  ): ReturnType<ReadSession> => {
    const found = await readAll(client, {
      [tables.connections]: { Keys: [rowKey(key)], ConsistentRead: true },
      ...authorizationKeys(tables, domain, known, head),
    });
    const connection = connectionFound(found[tables.connections]?.[0], key);
    const isTheirs = connection?.status === 'authenticated' && sameSubject(domain, connection.session, known);
    return { connection, authorization: isTheirs ? authorizationIn(tables, found) : undefined };
  };

  const remember = (connectionId: string, connection: FoundConnection | undefined): void => {
    if (connection?.status === 'authenticated') sessions.set(connectionId, connection.session);
    else sessions.delete(connectionId);
  };

  return async (key, head) => {
    const known = sessions.get(key.connectionId);
    const found =
      known === undefined
        ? { connection: await read(key), authorization: undefined }
        : await readBoth(key, known, head);
    remember(key.connectionId, found.connection);
    return found;
  };
};
