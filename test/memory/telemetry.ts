import type { ConnectionKey } from '../../lambdas/connection/connection.ts';
import type { KeySetFailure } from '../../lambdas/identity/key-set-failure.ts';
import type { FailedPart, RecordFate, Telemetry } from '../../lambdas/ports.ts';
import type { AnyAuditRecord } from '../../lambdas/security/audit-record.ts';

/** What the people on call were told. */
export type TelemetryHeard = Readonly<{
  records: { record: AnyAuditRecord; fate: RecordFate }[];
  failures: { what: FailedPart; key: Partial<ConnectionKey>; error: unknown }[];
  lagsMs: number[];
  deliveries: Parameters<Telemetry['delivered']>[1][];
  redeliveries: Parameters<Telemetry['redelivered']>[1][];
  invalid: string[];
  /** Restaurants whose devices were told that it had had its publications. */
  refused: string[];
  keySets: { alias: string; failure: KeySetFailure }[];
}>;

export const nothingHeard = (): TelemetryHeard => ({
  records: [],
  failures: [],
  lagsMs: [],
  deliveries: [],
  redeliveries: [],
  invalid: [],
  refused: [],
  keySets: [],
});

export const memoryTelemetry = ({
  records,
  failures,
  lagsMs,
  deliveries,
  redeliveries,
  invalid,
  refused,
  keySets,
}: TelemetryHeard): Telemetry => ({
  recorded: (record, fate) => {
    records.push({ record, fate });
  },
  failed: (what, key, error) => {
    failures.push({ what, key, error });
  },
  keySetFailed: (alias, failure) => {
    keySets.push({ alias, failure });
  },
  closedLate: (lagMs) => {
    lagsMs.push(lagMs);
  },
  delivered: (_, what) => {
    deliveries.push(what);
  },
  redelivered: (_, what) => {
    redeliveries.push(what);
  },
  publicationInvalid: (_, why) => {
    invalid.push(why);
  },
  publicationRefused: (restaurantId) => {
    refused.push(restaurantId);
  },
});
