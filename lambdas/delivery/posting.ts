/** What a run asks of the sockets of its restaurants: frames, and the ends of sessions, each through the gate. */
import type { ClosingReason } from '../../protocol/reasons.ts';
import type { Authenticated, ConnectionKey } from '../connection/connection.ts';
import type { Missed } from '../ports.ts';
import type { DeliveryPorts } from '../route-ports.ts';
import { writeAudit } from '../security/audit-writer.ts';
import { closeSession, endRecord, finishClosing, hasExpired } from '../session/session.ts';
import type { EventsFrame } from './frames.ts';
import type { Share } from './gate.ts';

/** A post that was refused is tried once more in its run, this much later. */
const retryAfterMs = 150;

/** What became of one connection's part of a run; `missed` is to be done again. */
export type Outcome = Readonly<{
  posted: number;
  failed: number;
  missed?: Readonly<{ key: ConnectionKey; fromSeq: Missed['fromSeq'] }>;
}>;

const nothingToPost: Outcome = { posted: 0, failed: 0 };

/** One session's frames, in order. After one that failed none is tried: what is missing is posted again, in order. */
export const postAll =
  (ports: DeliveryPorts, share: Share) =>
  async (connection: Authenticated, frames: readonly EventsFrame[], untilMs: number): Promise<Outcome> => {
    for (const [posted, { frame, firstSeq }] of frames.entries()) {
      switch (await postOne(ports, share)(connection, frame, untilMs)) {
        case 'sent':
          continue;
        case 'gone':
          // Through the gate as well: a crowd that left at once would only wait for its own writes.
          await share.pass(() => removeGone(ports)(connection));
          return { posted, failed: 0 };
        case 'failed':
          return { posted, failed: frames.length - posted, missed: { key: keyOf(connection), fromSeq: firstSeq } };
      }
    }
    return { posted: frames.length, failed: 0 };
  };

const postOne =
  (ports: DeliveryPorts, share: Share) =>
  async (
    { connectionId, session }: Authenticated,
    frame: EventsFrame['frame'],
    untilMs: number,
  ): Promise<'sent' | 'gone' | 'failed'> => {
    for (const waitMs of [0, retryAfterMs]) {
      if (waitMs > 0) await ports.pause(waitMs);
      try {
        const outcome = await share.pass(async () => {
          const nowMs = ports.now();
          // Looked at where the post is made: it may have waited for its slot.
          if (nowMs >= untilMs || hasExpired(session, nowMs)) return 'too_late';
          return ports.sockets.post(connectionId, frame);
        });
        return outcome === 'unanswered' || outcome === 'too_late' ? 'failed' : outcome;
      } catch {
        // Throttled, a full buffer or trouble of the platform.
      }
    }
    return 'failed';
  };

/** A socket that is gone: its end is recorded before its row goes, as `$disconnect` would have done. */
const removeGone =
  (ports: DeliveryPorts) =>
  async (connection: Authenticated): Promise<void> => {
    try {
      await writeAudit(ports)(endRecord(connection, connection.session, 'client_left', ports.now()));
      await ports.connections.end(connection, 'authenticated', { endedBy: 'gone', atMs: ports.now() });
    } catch (error) {
      ports.telemetry.failed('fan_out', connection, error);
    }
  };

/** A session that may not go on hears so instead of the event; one for which there is no time hears so at the next event. */
export const putOut =
  (ports: DeliveryPorts, share: Share, untilMs: number) =>
  (connection: Authenticated, ownerId: string, reason: ClosingReason): Promise<Outcome> =>
    ending(ports, share)(connection, async () => {
      if (ports.now() < untilMs) await closeSession(ports)(connection, ownerId, reason);
    });

/** The end of a connection whose closing was begun in another run, if it is still to be made. */
export const putOutAgain =
  (ports: DeliveryPorts, share: Share) =>
  (key: ConnectionKey): Promise<Outcome> =>
    ending(ports, share)(key, async () => {
      const found = await ports.connections.read(key);
      if (found?.status === 'closing') await finishClosing(ports)(found);
    });

const ending =
  (ports: DeliveryPorts, share: Share) =>
  async (key: ConnectionKey, end: () => Promise<void>): Promise<Outcome> => {
    const outcome = await share.pass(async () => {
      try {
        await end();
        return 'ended';
      } catch (error) {
        ports.telemetry.failed('fan_out', key, error);
        return 'unanswered';
      }
    });
    return outcome === 'ended' ? nothingToPost : { ...nothingToPost, missed: { key: keyOf(key), fromSeq: 'closing' } };
  };

const keyOf = ({ connectionId, connectedAtMs }: ConnectionKey): ConnectionKey => ({ connectionId, connectedAtMs });
