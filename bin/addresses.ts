import { listBlocked, unblock } from '../lambdas/dynamodb/address-administration.ts';
import { addressBits, rateLimitAddress } from '../lambdas/rate-limit/address.ts';
import { targetHelp, targetOptions } from './asked-gateway.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { called, NotFoundError, readArguments, run, UsageError } from './command.ts';
import { openTarget } from './target.ts';

const help = `Addresses that are blocked for forged tokens and broken frames.

  ${called('addresses list')}
  ${called('addresses unblock --address A')}

  --address A  an IPv4 or IPv6 address; an IPv6 one stands for its /64
${targetHelp(14)}
  unblock      begins the count anew: whoever goes on is blocked again. A function may go on
               refusing for three seconds
`;

const columns: readonly Column[] = [
  ['ADDRESS', 28],
  ['FAILURES', 10],
  ['BLOCKED UNTIL', 0],
];

await run(async () => {
  const { values, positionals } = readArguments(help, { address: { type: 'string' }, ...targetOptions });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action === undefined) throw new UsageError('say list or unblock; see --help');
  if (action !== 'list' && action !== 'unblock') throw new UsageError(`say list or unblock, not ${action}; see --help`);

  if (action === 'list') {
    if (values.address !== undefined) throw new UsageError('list takes no --address; see --help');
    const { counters } = await openTarget(values);
    const blocked = await listBlocked(counters)(Date.now());
    if (blocked.length === 0) console.log('No address is blocked.');
    else printHeadings(columns);
    for (const { address, failures, blockedUntilMs } of blocked)
      console.log(rowOf(columns, [address, String(failures), new Date(blockedUntilMs).toISOString()]));
    return;
  }
  const address = addressFrom(values.address);
  const { counters } = await openTarget(values);
  const outcome = await unblock(counters)(address, Date.now());
  if (outcome !== 'unblocked') throw new NotFoundError(`${address} is not blocked.`);
  console.log(`${address} is not blocked any more.`);
});

function addressFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--address is missing; see --help');
  // As the list writes it, too.
  const plain = text.replace(/\/64$/, '');
  if (addressBits(plain) === undefined)
    throw new UsageError(`--address is an IPv4 or IPv6 address, got ${JSON.stringify(text)}`);
  return rateLimitAddress(plain);
}
