/** One row of the table, played in a house and looked at from inside. */
import { type Conversation, endedCode, type Played, play, type Visitor } from '../../bin/smoke/conversation.ts';
import type { House } from './house.ts';
import { type AuditView, type Leaves, leftSession } from './leaves.ts';
import { until } from './until.ts';

export type Row = Conversation<never> & Readonly<{ leaves: Leaves; needsExpiredToken?: true; isSlow?: true }>;

/** What stands in the tables about a connection. */
export type Left = Readonly<{ row: unknown; records: readonly AuditView[] }>;

export const lookAt = async (house: House, connectionId: string): Promise<Left> => ({
  row: (await house.row(connectionId))?.['status'],
  records: await house.records(connectionId),
});

/** `atEnd` is what stood there before `$disconnect` did anything, `atLast` what stands there afterwards. */
export type PlayedRow = Played & Readonly<{ connectionId: string; atEnd: Left; atLast: Left }>;

/** Plays a row; what is left at last is awaited until it is what it must be, for some seconds. */
export const playRow =
  (house: House, visitors: Readonly<{ fresh: Visitor; expired: Visitor }>) =>
  async (row: Row): Promise<PlayedRow> => {
    const insider = { ...(row.needsExpiredToken ? visitors.expired : visitors.fresh), house };
    const { name, ...options } = house.introduce();
    const release = house.holdDisconnectOf(name);
    try {
      let atEnd: Left | undefined;
      const played = await play<never>(row, insider as never, options, async () => {
        atEnd = await lookAt(house, house.connectionOf(name));
      });
      const connectionId = house.connectionOf(name);
      atEnd ??= await lookAt(house, connectionId);
      release();
      const recordCount = leftAtLast(row).records.length;
      const atLast = await until(
        () => lookAt(house, connectionId),
        (left) => left.row === undefined && left.records.length >= recordCount,
      );
      return { ...played, connectionId, atEnd, atLast };
    } finally {
      release();
    }
  };

/** No row, and where a session was left by its client, a record of that. */
export const leftAtLast = ({ leaves }: Row): Left => {
  const [first] = leaves.records;
  const end = leftSession({ user: first?.user, connectionType: first?.connectionType });
  return { row: undefined, records: leaves.row === 'authenticated' ? [...leaves.records, end] : leaves.records };
};

/** The close code a row must end with on this machine. */
export const closeCodeOf = ({ end }: Row): number | undefined => {
  if (end === 'open') return undefined;
  return end === 'ended' ? endedCode : end;
};
