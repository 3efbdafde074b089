import { type Demo, demoOf, demoRestaurant, rival, rivalRestaurant, stranger } from '../local/demo.ts';
import { type Domain, domainOf } from '../protocol/domain.ts';
import { type ConnectionType, isRestaurantId } from '../protocol/identifiers.ts';
import { authenticateLine } from './authenticate-line.ts';
import { called, FailedError, isPackaged, readArguments, run, UsageError } from './command.ts';
import { runningGateway } from './gateway-file.ts';
import { stageConfig, stageDomain } from './stage-domain.ts';

const help = (
  domain: Domain,
  demo: Demo,
): string => `An access token for a demo user of the local gateway, good for an hour.

  ${called(`token ${demo.members.at(-1)}`)}
  ${called(`token ${demo.members.at(-1)} --expired`)}   one that ended a minute ago
  ${called(`token ${demo.members.at(-1)} --line [--type T] [--restaurant R]`)}
  ${called(`token ${stranger} --member r-42=${claimable(domain)[0]}`)}   one that makes its user a member, without a row in the table

  demo users: ${demo.members.join(', ')} of restaurant ${demoRestaurant}; ${stranger}, a member of nothing;
              ${rival}, of ${rivalRestaurant}

  --line           the whole first message with the token in it, to paste into wscat
  --type T         what its device is: ${domain.connectionTypes.join(', ')} (default ${domain.defaultConnectionType})
  --restaurant R   where it wants to enter (default: the first of --member, else the user's restaurant)
  --member R=ROLE  a membership in the token itself; may be said several times. Roles: ${claimable(domain).join(', ')}
  --port N         of the gateway that has this port; needed where several run
${isPackaged ? '' : "\n  -s keeps npm's own lines out of what is printed.\n"}`;

await run(async () => {
  const { values, positionals } = readArguments(
    (asked) => help(stageDomain(asked), demoOf(stageConfig(asked).demoUsers)),
    {
      expired: { type: 'boolean' },
      line: { type: 'boolean' },
      type: { type: 'string' },
      restaurant: { type: 'string' },
      member: { type: 'string', multiple: true },
      port: { type: 'string' },
    },
  );
  const [user, ...rest] = positionals;
  const config = stageConfig({ port: values.port });
  const demo = demoOf(config.demoUsers);
  const names = demo.users.join(', ');
  if (user === undefined || rest.length > 0) throw new UsageError(`say one demo user of ${names}; see --help`);
  if (!demo.isUser(user)) throw new UsageError(`${user} is no demo user; they are ${names}`);
  const restaurants = restaurantsFrom(values.member);
  const { line = false, restaurant = Object.keys(restaurants ?? {})[0] ?? demo.restaurantOf(user) } = values;
  if (!line && (values.type !== undefined || values.restaurant !== undefined))
    throw new UsageError('--type and --restaurant go with --line: a token says neither');
  const connectionType = connectionTypeFrom(values.type, domainOf(config));
  if (!isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);

  const { issuerUrl } = await runningGateway(values.port);
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, expired: values.expired ?? false, restaurants }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  const { access_token: token } = answer;
  if (token === undefined) throw new FailedError(`No token for ${user}: ${answer.error_description}.`);
  console.log(line ? authenticateLine({ restaurantId: restaurant, connectionType, token }) : token);
});

/** What a token may make of its user. */
function claimable({ roles, isOfEveryRestaurant }: Domain): readonly string[] {
  return roles.filter((role) => !isOfEveryRestaurant(role));
}

function connectionTypeFrom(
  said: string | undefined,
  { connectionTypes, defaultConnectionType, isConnectionType }: Domain,
): ConnectionType {
  const text = said ?? defaultConnectionType;
  if (!isConnectionType(text))
    throw new UsageError(`--type is one of ${connectionTypes.join(', ')}, got ${JSON.stringify(text)}`);
  return text;
}

/** The claim of a token that makes its user a member; what the gateway refuses, it may say. */
function restaurantsFrom(members: readonly string[] | undefined): Readonly<Record<string, string>> | undefined {
  if (members === undefined) return undefined;
  return Object.fromEntries(
    members.map((member) => {
      const [, restaurant, role] = /^([^=]+)=([^=]+)$/.exec(member) ?? [];
      if (restaurant === undefined || role === undefined)
        throw new UsageError(
          `--member is a restaurant and a role, such as r-42=manager, got ${JSON.stringify(member)}`,
        );
      return [restaurant, role];
    }),
  );
}
