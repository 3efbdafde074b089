import { fetchJson } from '../lambdas/identity/fetch-json.ts';
import { called, readArguments, run, UsageError } from './command.ts';
import { checkIssuer } from './issuer/check.ts';
import { bareEntry, completeEntry } from './issuer/bare-entry.ts';
import { textOf } from './issuer/report.ts';
import { readSampleToken } from './issuer/sample-token.ts';
import { readTokenFile } from './token-file.ts';

const help = `Whether a gateway can use an issuer of tokens, and the entry for its stage.

  ${called('issuer check --issuer URL')}
  ${called('issuer check --issuer URL --token-file FILE')}
  pbpaste | ${called('issuer check --issuer URL --token-file -')}

  --issuer URL         exactly what its tokens have in iss, down to the last slash
  --token-file FILE    an access token of it, to be judged; "-" reads it from a pipe. It is printed nowhere
  --audience A         whom its tokens are for, where the token's own is not what is meant; may be said again
  --alias A            what the issuer is called in keys and records
  --user-id-claim C    the claim that says who the user is
  --jwks-uri URL       where its keys are, when its document does not say so

  It asks for documents and keys as the gateway does: no redirect, two seconds, 256 KB. It exits with 0 where the
  gateway can use the issuer, with 3 where no keys are found, and with 4 where something is refused.
`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    issuer: { type: 'string' },
    'token-file': { type: 'string' },
    audience: { type: 'string', multiple: true },
    alias: { type: 'string' },
    'user-id-claim': { type: 'string' },
    'jwks-uri': { type: 'string' },
    // Known in order to be refused.
    token: { type: 'string' },
  });
  if (values.token !== undefined)
    throw new UsageError(
      'a token on the command line stays in the history of the shell and shows in the list of processes: put it into a file and say --token-file FILE, or pipe it in with --token-file -',
    );
  // Whatever was said may be a token that was put in the wrong place, so it is not repeated.
  if (positionals.length !== 1 || positionals[0] !== 'check')
    throw new UsageError('say check, and nothing more but options; see --help');
  const {
    issuer,
    alias,
    audience,
    'jwks-uri': jwksUri,
    'user-id-claim': userIdClaim,
    'token-file': tokenFile,
  } = values;
  if (issuer === undefined) throw new UsageError('--issuer is missing; see --help');
  const said = { issuer, alias, audience, userIdClaim };
  mustBeConfigurable(said, jwksUri);
  const token = tokenFile === undefined ? undefined : readSampleToken(await readTokenFile(tokenFile));
  const report = await checkIssuer({ fetchJson, now: Date.now }, { ...said, jwksUri, token });
  console.log(textOf(report));
  return report.verdict === 'usable' ? 'done' : report.verdict;
});

/** What the configuration would refuse is refused before anything is asked. */
function mustBeConfigurable(said: Parameters<typeof bareEntry>[0], jwksUri: string | undefined): void {
  const { audience, userIdClaim } = said;
  const read = completeEntry({
    ...bareEntry(said, jwksUri),
    ...(audience && { audience: [...audience] }),
    ...(userIdClaim && { userIdClaim }),
  });
  if ('issuer' in read) return;
  const option = { jwksUri: '--jwks-uri', userIdClaim: '--user-id-claim' }[read.key] ?? `--${read.key.split('.')[0]}`;
  throw new UsageError(`${option} ${read.problem.replace('jwksUri', '--jwks-uri')}`);
}
