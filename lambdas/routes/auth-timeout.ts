import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { limits } from '../../protocol/limits.ts';
import { authError } from '../../protocol/server-messages.ts';
import { sendAndClose } from '../apigateway/send-and-close.ts';
import { finishAbandoned, finishLapsed, finishTimeout, timeOutAttempt } from '../attempt/attempt-ends.ts';
import type { ConnectionKey, FoundConnection } from '../connection/connection.ts';
import type { TimerMessage } from '../ports.ts';
import type { TimerPorts } from '../route-ports.ts';
import { writeQueuedAudit } from '../security/audit-writer.ts';
import { aggregateRecord } from '../security/flood.ts';
import { parseTimerMessage } from '../sqs/timer-message.ts';

/** A queue message as the function gets it. */
export type QueueRecord = Readonly<{ messageId: string; body: string }>;

/**
 * The timer's function: each message of the batch on its own; those that failed go back to the queue. The rows of those that are about
 * one are read at once.
 */
export const settleDueMessages = (ports: TimerPorts) => {
  const settleOne =
    (rows: Rows) =>
    async ({ messageId, body }: QueueRecord): Promise<void> => {
      try {
        await handleTimerMessage(ports)(parseTimerMessage(body), messageId, rows.get(messageId));
      } catch (error) {
        ports.telemetry.failed('timer_message', {}, error);
        throw error;
      }
    };
  return async (event: SQSEvent): Promise<SQSBatchResponse> =>
    processPartialResponse(event, settleOne(await rowsOf(ports)(event.Records)), new BatchProcessor(EventType.SQS), {
      throwOnFullBatchFailure: false,
    });
};

/** A row as it was read, and what was there where there was none. */
type Row = Readonly<{ found: FoundConnection | undefined }>;
/** By the message that is about it. */
type Rows = ReadonlyMap<string, Row>;

/** None where they cannot be read at once: each message asks for its own then, and fails alone. */
const rowsOf =
  (ports: TimerPorts) =>
  async (records: readonly QueueRecord[]): Promise<Rows> => {
    const due = records.flatMap(({ messageId, body }) => {
      const key = keyIn(body);
      return key === undefined ? [] : [{ messageId, key }];
    });
    // Of one message it would be no other request.
    if (due.length < 2) return new Map();
    try {
      const rows = await ports.connections.readEach(due.map(({ key }) => key));
      return new Map(due.map(({ messageId }, nth) => [messageId, { found: rows[nth] }]));
    } catch {
      return new Map();
    }
  };

/** Of a message that cannot be read nobody asks for a row; it fails when its turn comes. */
const keyIn = (body: string): ConnectionKey | undefined => {
  try {
    const message = parseTimerMessage(body);
    return message.kind === 'deadline' ? message : undefined;
  } catch {
    return undefined;
  }
};

/**
 * One message of the timer queue: the deadline of a connection, or a record the audit table could not take. Throws when
 * it is not done; the queue delivers it again, and everything here may be done twice.
 */
export const handleTimerMessage =
  (ports: TimerPorts) =>
  async (message: TimerMessage, ownerId: string, row?: Row): Promise<void> => {
    switch (message.kind) {
      case 'deadline':
        return settle(ports)(message, ownerId, row);
      case 'record':
        // Told when it was queued.
        await writeQueuedAudit(ports)(message.record);
        return;
      case 'aggregate':
        return recordAggregate(ports)(message);
    }
  };

/** Writes down what a minute's flood only counted. */
const recordAggregate =
  (ports: TimerPorts) =>
  async ({ address, windowStartMs }: Extract<TimerMessage, { kind: 'aggregate' }>): Promise<void> => {
    const refusals = await ports.addressCounters.refusalsOf(address, windowStartMs);
    const record = aggregateRecord(address, windowStartMs, refusals, ports.limits.recordsPerMinute);
    if (record !== undefined) ports.telemetry.recorded(record, await writeQueuedAudit(ports)(record));
  };

/** Settles a connection whose time is up: closes what is not authenticated, finishes what a crash left behind. */
const settle =
  (ports: TimerPorts) =>
  async (key: ConnectionKey, ownerId: string, row?: Row): Promise<void> => {
    // Each turn either settles the row or finds that somebody moved it on; it can be moved five times at most.
    for (let turn = 0; turn < 6; turn++) {
      const found = turn === 0 && row !== undefined ? row.found : await ports.connections.read(key);
      if ((await settleOnce(ports)(key, found, ownerId)) === 'settled') return;
    }
    throw new Error('the connection kept changing while its deadline was settled');
  };

const settleOnce =
  (ports: TimerPorts) =>
  async (
    key: ConnectionKey,
    connection: FoundConnection | undefined,
    ownerId: string,
  ): Promise<'settled' | 'changed'> => {
    const atMs = ports.now();
    switch (connection?.status) {
      case undefined:
      case 'authenticated':
      case 'closing':
      case 'ended':
        return 'settled';
      // Whoever knows it may need this message: it comes again for as long as the platform can hold the socket.
      case 'unrecognized':
        return atMs < key.connectedAtMs + limits.maxSessionMs ? rearm(ports)(key, atMs + putOffMs) : 'settled';
      case 'pending':
        if (connection.authDeadlineMs >= atMs) return rearm(ports)(key, connection.authDeadlineMs);
        return (await timeOutAttempt(ports)(connection, { ownerId, atMs, detail: 'silent' })) === 'timed_out'
          ? 'settled'
          : 'changed';
      case 'verifying': {
        if (connection.leaseExpiresAtMs >= atMs) return rearm(ports)(key, connection.leaseExpiresAtMs);
        const outcome = await ports.connections.lapse(key, { ownerId, atMs });
        if (!outcome.moved) return 'changed';
        await finishLapsed(ports)(outcome.connection);
        return 'settled';
      }
      case 'granting': {
        if (connection.leaseExpiresAtMs >= atMs) return rearm(ports)(key, connection.leaseExpiresAtMs);
        const outcome = await ports.connections.abandon(key, { ownerId, atMs }, 'lease_lapsed');
        return outcome.moved ? settleOnce(ports)(key, outcome.connection, ownerId) : 'changed';
      }
      // Settled before, perhaps by a delivery of this message that did not live to see the end: finish it again.
      case 'timed_out':
        await finishTimeout(ports)(connection, 'silent');
        return 'settled';
      case 'lapsed':
        await finishLapsed(ports)(connection);
        return 'settled';
      case 'unseated':
        await finishAbandoned(ports)(connection, connection.session);
        await sendAndClose(ports)(key, authError('unavailable', atMs));
        return 'settled';
      case 'refused':
        await sendAndClose(ports)(key, authError(connection.reason, atMs));
        return 'settled';
    }
  };

/** Until somebody knows the row: the minutes of a release. */
const putOffMs = 60_000;

const rearm =
  (ports: TimerPorts) =>
  async ({ connectionId, connectedAtMs }: ConnectionKey, untilMs: number): Promise<'settled'> => {
    const delaySeconds = Math.max(1, Math.ceil((untilMs - ports.now() + 1) / 1000));
    await ports.timer.send({ kind: 'deadline', connectionId, connectedAtMs }, delaySeconds);
    return 'settled';
  };
