/** One row of the table, played in a fixture and looked at from inside. */
import {
  type Conversation,
  type Ending,
  endedCode,
  type Played,
  play,
  type Visitor,
} from '../../bin/smoke/conversation.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import type { Insider } from './refusals.ts';
import { type AuditView, leftSession, refusedUnheard, type Traces } from './traces.ts';
import { until } from './until.ts';

export type Row = Conversation<Insider> & Readonly<{ traces: Traces; needsExpiredToken?: true; isSlow?: true }>;

/** What stands in the tables about a connection. */
export type Left = Readonly<{ row: unknown; records: readonly AuditView[] }>;

export const lookAt = async (fixture: GatewayFixture, connectionId: string): Promise<Left> => ({
  row: (await fixture.row(connectionId))?.['status'],
  records: await fixture.records(connectionId),
});

/** `atEnd` is what stood there before `$disconnect` did anything, `atLast` what stands there afterwards. */
export type PlayedRow = Played & Readonly<{ connectionId: string; atEnd: Left; atLast: Left }>;

/** Plays a row; what is left at last is awaited until it is what it must be, for some seconds. */
export const playRow =
  (fixture: GatewayFixture, visitors: Readonly<{ fresh: Visitor; expired: Visitor }>) =>
  async (row: Row): Promise<PlayedRow> => {
    const insider = { ...(row.needsExpiredToken ? visitors.expired : visitors.fresh), fixture };
    const { name, ...options } = fixture.introduce();
    const release = fixture.holdDisconnectOf(name);
    try {
      let atEnd: Left | undefined;
      const played = await play(row, insider, options, async () => {
        atEnd = await lookAt(fixture, fixture.connectionOf(name));
      });
      const connectionId = fixture.connectionOf(name);
      atEnd ??= await lookAt(fixture, connectionId);
      release();
      const recordCount = leftAtLast(row).records.length;
      const atLast = await until(
        () => lookAt(fixture, connectionId),
        (left) => left.row === undefined && left.records.length >= recordCount,
      );
      return { ...played, connectionId, atEnd, atLast };
    } finally {
      release();
    }
  };

const untakenFrames: Readonly<Partial<Record<Ending, string>>> = {
  1003: 'binary_frame',
  1007: 'encoding_invalid',
  1009: 'frame_too_large',
};

/** No row, and where a session was left by its client, a record of that, or of the frame for which the platform closed it. */
export const leftAtLast = ({ traces: { row, records }, end }: Row): Left => {
  const [first] = records;
  const detail = untakenFrames[end];
  const left = leftSession({ user: first?.user, connectionType: first?.connectionType, detail });
  const isAttempt = row === 'pending' && detail !== undefined;
  const attempts = isAttempt ? refusedUnheard('malformed_message', 'WARNING', detail).records : [];
  return { row: undefined, records: [...records, ...(row === 'authenticated' ? [left] : attempts)] };
};

/** The close code a row must end with on this machine. */
export const closeCodeOf = ({ end }: Row): number | undefined => {
  if (end === 'open') return undefined;
  return end === 'ended' ? endedCode : end;
};
