/** `npm run cost`: what a month costs with anybody's numbers. Reads nothing and asks nobody. */
import { bounds, reference } from '../cost/fleet.ts';
import { fleetFrom, fleetOptions, withNegatives } from '../cost/fleet-arguments.ts';
import { pageOf } from '../cost/page.ts';
import { reportOf } from '../cost/report.ts';
import { linesOf } from '../cost/terminal.ts';
import { called, readArguments, run, UsageError } from './command.ts';
import { writePage } from './page-file.ts';

const help = `What a month costs at list prices, everything counted, with your numbers. The sum and its assumptions: docs/cost.md.

  ${called('cost [--restaurants N] [--devices N] [--events N] [OPTIONS]')}

  --restaurants N           restaurants (${reference.restaurants}); 0 is a stage that nobody uses
  --devices N               devices of each (${reference.devices})
  --events N                events of each in a day (${reference.events})
  --hours H                 open hours of a day (${reference.hours})
  --night-hours H           hours in which devices stay connected and nothing happens (${reference.nightHours})
  --days N                  days of the month (${reference.days})
  --arrivals WHEN           random, peaked or orders (${reference.arrivals})
  --publishers WHO          backends or devices (${reference.publishers})
  --no-batch                backends send each event in a request of its own
  --audience SHARE          share of the devices that see an event (${reference.audience})
  --frame N                 events of a restaurant in one frame, in a rush (${reference.frame})
  --issuer WHOSE            own: an issuer that you have; pool: the stage's user pool (${reference.issuer})
  --token-hours H           how long a token is good for (${reference.tokenHours})
  --heartbeat SECONDS       silence after which a device pings (${reference.heartbeat}; pingIntervalSeconds of the stage), from ${bounds.heartbeat[0]} to ${bounds.heartbeat[1]}
  --outbox KIND             none, bus or queue (${reference.outbox})

Keys of the stage's configuration:
  --fan-out-concurrency N   runs of the fan-out at once (${reference.fanOutConcurrency}), from ${bounds.fanOutConcurrency[0]} to ${bounds.fanOutConcurrency[1]}
  --fan-out-memory-mib N    memory of the fan-out (${reference.fanOutMemoryMiB}), from ${bounds.fanOutMemoryMiB[0]} to ${bounds.fanOutMemoryMiB[1]}
  --provisioned             the events table has provisioned throughput
  --audit-table-class C     standard or infrequent (${reference.auditTableClass})
  --audit-retention-days N  (${reference.auditRetentionDays})
  --event-retention-hours N (${reference.eventRetentionHours})
  --dashboard D             small, full or none (${reference.dashboard})
  --encryption-key          a key of your own

  --json                    one JSON object
  --page FILE               writes a page with plots
`;

await run(async () => {
  process.argv = withNegatives(process.argv);
  const { values, positionals } = readArguments(help, {
    ...fleetOptions,
    json: { type: 'boolean' },
    page: { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const fleet = fleetFrom(values);
  if (typeof fleet === 'string') throw new UsageError(fleet);
  const report = reportOf(fleet);
  const problem = values.page === undefined ? undefined : writePage(values.page, pageOf(report));
  if (problem !== undefined) throw new UsageError(problem);
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify(report)}\n`
      : `${linesOf(report, process.stdout.isTTY === true).join('\n')}\n${values.page === undefined ? '' : `\nThe page: ${values.page}\n`}`,
  );
});
