/** What sessions cost: connections from the handshake to the end, the replay after a loss, and renewals. */
import type { Assumed } from './assumptions.ts';
import type { Counts } from './counts.ts';
import { calledByDevice } from './device-uses.ts';
import type { Fleet } from './fleet.ts';
import { auditRecords, indexWrites, measured } from './units.ts';
import { gb, invoked, type Purpose, type Use } from './use.ts';

export const connectionUses = (fleet: Fleet, counts: Counts, assumption: Assumed): readonly Use[] => {
  const { connections, renewals, replays } = counts;
  const purpose = 'connections';
  const records = connections * auditRecords.perConnection;
  const writes = connections * (measured.writeUnitsPerConnection + indexWrites.perConnection);
  const recordsOfRenewals = renewals * auditRecords.perRenewal;
  const writesOfRenewals = renewals * (measured.writeUnitsPerRenewal + indexWrites.perRenewal);
  const audited = (of: Purpose, units: number, quantity: number): readonly Use[] => [
    {
      purpose: of,
      price: fleet.auditTableClass === 'standard' ? 'dynamodbWriteUnit' : 'dynamodbInfrequentWriteUnit',
      quantity,
    },
    { purpose: of, price: 'dynamodbWriteUnit', quantity: units - quantity },
  ];
  const times = connections / 4;
  const each = measured.invocationsPerConnection;
  const memoryGb = (gb('connect') + gb('authenticate') + gb('disconnect') + gb('authTimeout')) / 4;
  return [
    // What is said first and its answer; the replay that follows a loss and its own.
    { purpose, price: 'apiGatewayMessage', quantity: 2 * connections + 2 * replays },
    ...calledByDevice(fleet, purpose, replays, measured.readUnitsPerReplay, assumption),
    ...audited(purpose, writes, records),
    { purpose, price: 'dynamodbReadUnit', quantity: connections * measured.readUnitsPerConnection },
    { purpose, price: 'sqsStandardRequest', quantity: connections * measured.sqsPerConnection },
    ...invoked(
      purpose,
      times * 4 * each,
      assumption.connectionMs,
      memoryGb,
      assumption,
      measured.logBytesPerConnection / each,
    ),
    { purpose: 'renewals', price: 'apiGatewayMessage', quantity: 2 * renewals },
    ...audited('renewals', writesOfRenewals, recordsOfRenewals),
    { purpose: 'renewals', price: 'dynamodbReadUnit', quantity: renewals * measured.readUnitsPerRenewal },
    ...invoked(
      'renewals',
      renewals,
      assumption.connectionMs,
      gb('authenticate'),
      assumption,
      measured.logBytesPerRenewal,
    ),
  ];
};
