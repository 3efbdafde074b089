/** `npm run storm`: how devices come back that were cut at once. Reads nothing and asks nobody. */
import { caseNames, cases } from '../scale/cases.ts';
import { runStorm } from '../scale/storm.ts';
import { stormPage } from '../scale/storm-page.ts';
import { count, stormReport } from '../scale/storm-report.ts';
import { stormBounds, stormFrom, stormOptions, usualStorm } from '../scale/storm-settings.ts';
import { stormLines } from '../scale/storm-terminal.ts';
import { called, readArguments, run, UsageError } from './command.ts';
import { writePage } from './page-file.ts';

const help = `How devices come back that lost their connections at once: the SDK's own state machine, as often as there are devices, against a
model of the quotas of an account, in simulated time. What was found and what the model leaves out: docs/scale.md.

  ${called('storm [--devices N] [--outage SECONDS] [--tokens N --expired SHARE] [OPTIONS]')}
  ${called('storm --case NAME')}

  --devices N               devices (${usualStorm.devices}), ${stormBounds.devices[1]} at most; 150,000 take about a minute and 1.1 GB, 500,000 some ten minutes and 2.7 GB
  --outage SECONDS          for which no handshake succeeds (${usualStorm.outage})
  --rate N                  new connections a second (${usualStorm.rate})
  --requests N              requests a second (${usualStorm.requests})
  --request-burst N         and at once (${usualStorm.requestBurst})
  --tokens N                tokens that the issuer gives in a second; 0: as many as are asked for (${usualStorm.tokens})
  --expired SHARE           share of the devices whose token is over, from 0 to 1 (${usualStorm.expired})
  --concurrency N           functions that run at once (${usualStorm.concurrency}); 10 in a new account
  --function-ms N           how long one runs (${usualStorm.functionMs})
  --cold-ms N               how much longer its first run in a sandbox (${usualStorm.coldMs})
  --address N               devices behind one address (${usualStorm.address})
  --connects-per-minute N   its handshakes without a re-entry pass (${usualStorm.connectsPerMinute}; budgets.connectsPerMinute)
  --no-passes               devices show no re-entry pass, as those without the SDK
  --hours N                 for which to go on watching: the next connections are opened after two (${usualStorm.hours})
  --seed N                  of chance (${usualStorm.seed})

  --case NAME               one of docs/limits.md, may be said several times; options change it: ${caseNames.join(', ')}
  --cases                   all of them, some minutes
  --json                    one JSON object for each, on a line
  --page FILE               writes a page with plots
`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    ...stormOptions,
    case: { type: 'string', multiple: true },
    cases: { type: 'boolean' },
    json: { type: 'boolean' },
    page: { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const { case: named, ...said } = values;
  const names = caseNames.filter((name) => values.cases === true || named?.includes(name));
  const unknown = named?.find((name) => !caseNames.some((one) => one === name));
  if (unknown !== undefined) throw new UsageError(`--case is one of ${caseNames.join(', ')}, got ${unknown}`);
  const bases = names.length > 0 ? names.map((name) => cases[name]) : [{ what: undefined, storm: usualStorm }];
  const reports = bases.map(({ what, storm: base }) => {
    const storm = stormFrom(said, base);
    if (typeof storm === 'string') throw new UsageError(storm);
    return stormReport(what ?? `${count(storm.devices)} devices`, storm, runStorm(storm));
  });
  const problem = values.page === undefined ? undefined : writePage(values.page, stormPage(reports));
  if (problem !== undefined) throw new UsageError(problem);
  process.stdout.write(
    values.json === true
      ? reports.map((report) => `${JSON.stringify(report)}\n`).join('')
      : `${stormLines(reports, process.stdout.isTTY === true).join('\n')}\n${values.page === undefined ? '' : `\nThe page: ${values.page}\n`}`,
  );
});
