import { readArguments, run, UsageError } from './command.ts';
import { runningGateway } from './gateway-file.ts';

const help = `An access token for a demo user of the local gateway, good for an hour.

  npm run token -- chef
  npm run token -- chef --expired   one that ended a minute ago

  --port N   of the gateway that has this port; needed where several run
`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    expired: { type: 'boolean' },
    port: { type: 'string' },
  });
  const [user, ...rest] = positionals;
  if (user === undefined || rest.length > 0) throw new UsageError('say one demo user, such as chef; see --help');
  const { issuerUrl } = await runningGateway(values.port);
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, expired: values.expired ?? false }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined) throw new UsageError(`No token for ${user}: ${answer.error_description}.`);
  console.log(answer.access_token);
});
