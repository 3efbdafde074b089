import { readArguments, run, UsageError } from './command.ts';
import { runningGateway } from './gateway-file.ts';

const help = `An access token for a demo user of the local gateway, good for an hour.

  npm run token -- chef
`;

await run(async () => {
  const { positionals } = readArguments(help, {});
  const [user, ...rest] = positionals;
  if (user === undefined || rest.length > 0) throw new UsageError('say one demo user, such as chef; see --help');
  const { issuerUrl } = runningGateway();
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined) throw new UsageError(`No token for ${user}: ${answer.error_description}.`);
  console.log(answer.access_token);
});
