import type { Member } from '../lambdas/dynamodb/membership-administration.ts';
import type { Domain } from '../protocol/domain.ts';
import { type AskedGateway, targetHelp, targetOptions } from './asked-gateway.ts';
import { called, readArguments, run, UsageError } from './command.ts';
import { restaurantIdFrom, roleFrom, typesFrom, userIdFrom } from './members/arguments.ts';
import { add, type Change, remove, resume, revoke, suspend } from './members/change.ts';
import { type ExportFormat, exportFormats, exportMembers } from './members/export.ts';
import { importFile } from './members/import-command.ts';
import { list } from './members/list.ts';
import { say } from './printed-lines.ts';
import { stageDomain } from './stage-domain.ts';
import { openTarget, type Target } from './target.ts';

const help = ({ roles, connectionTypes, isOfEveryRestaurant }: Domain): string => `Who may enter a restaurant.

  ${called('members suspend --restaurant R --user U')}
  ${called('members resume  --restaurant R --user U')}
  ${called('members list    --restaurant R')}
  ${called('members add     --restaurant R --user U --role ROLE [--types T,T]')}
  ${called('members remove  --restaurant R --user U')}
  ${called('members revoke  --restaurant R --user U')}
  ${called('members import  FILE [--dry-run]')}
  ${called('members export  [--restaurant R] [--format csv]')}

  suspend      for whoever was dismissed: keeps them out until resume, whatever their token says and whoever adds them,
               also where they would come in as a platform owner. Sessions end at their next message or event
  revoke       for a lost device: refuses every login from before. Whoever logs in anew comes back; so does a device that
               renews its token, where the issuer's tokens do not say when their user logged in (it says which)
  remove       ends the membership, and keeps nobody from adding them again
  import       adds and changes those that a file names, NDJSON or CSV, and nobody else; - reads what is piped in. It never
               lifts a suspension or a revocation, and may be run again (docs/memberships.md)
  export       prints those of all restaurants, or of one, as import reads them

  --role       ${roles.join(', ')}
${roles
  .filter(isOfEveryRestaurant)
  .map((role) => `               (${role} goes with --restaurant '*')\n`)
  .join('')}  --types      narrows what the role may connect as: ${connectionTypes.join(', ')}
  --issuer A   alias of the token issuer that knows the user; needed where a stage trusts several
  --dry-run    says what import would do, and writes nothing
  --format F   of export: ${exportFormats.join(' (the default), ')}
  --json       one JSON object a line, also for what went wrong
${targetHelp(14)}`;

const actions = ['list', 'add', 'remove', 'revoke', 'suspend', 'resume', 'import', 'export'] as const;
const sayable = 'list, add, remove, revoke, suspend, resume, import or export';

await run(async () => {
  const { values, positionals } = readArguments((asked) => help(stageDomain(asked)), {
    restaurant: { type: 'string' },
    user: { type: 'string' },
    role: { type: 'string' },
    types: { type: 'string' },
    issuer: { type: 'string' },
    format: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
    ...targetOptions,
  });
  const [action, ...rest] = positionals;
  const [extra] = action === 'import' ? rest.slice(1) : rest;
  if (extra !== undefined) throw new UsageError(`${extra} is one word too many; see --help`);
  if (action === undefined) throw new UsageError(`say ${sayable}; see --help`);
  if (!isAction(action)) throw new UsageError(`say ${sayable}, not ${action}; see --help`);
  const { json: isJson = false, 'dry-run': isDry = false } = values;
  if (isDry && action !== 'import') throw new UsageError('--dry-run is of import; see --help');
  if (values.format !== undefined && action !== 'export') throw new UsageError('--format is of export; see --help');

  if (action === 'import') {
    const [path] = rest;
    if (path === undefined) throw new UsageError('say which FILE to import, or - for what is piped in; see --help');
    if (values.restaurant !== undefined)
      throw new UsageError('import takes no --restaurant: each line of the file names its own; see --help');
    return importFile(await openTarget(values), {
      path,
      issuer: values.issuer,
      domain: stageDomain(values),
      isDry,
      isJson,
    });
  }
  if (action === 'export') {
    const format = formatFrom(values.format);
    if (isJson && format === 'csv') throw new UsageError('say --json or --format csv, not both; see --help');
    const restaurantId = values.restaurant === undefined ? undefined : restaurantIdFrom(values.restaurant);
    return exportMembers(await openTarget(values), restaurantId, format);
  }
  const restaurantId = restaurantIdFrom(values.restaurant);
  if (action === 'list') {
    await list(await openTarget(values), restaurantId, { isJson, asked: values });
    return 'done';
  }
  const userId = userIdFrom(values.user);
  const change = changeFrom(action, values, restaurantId);
  const target = await openTarget(values);
  const issuer = values.issuer ?? target.onlyIssuer;
  if (issuer === undefined) throw new UsageError('this stage trusts several issuers: name one with --issuer');
  const { outcome, sentence, told } = await change(target, { restaurantId, issuer, userId });
  say(isJson, { outcome, restaurant_id: restaurantId, issuer, user_id: userId, ...told }, sentence);
  return 'done';
});

/** What the action does to a member, once all that was said of it is understood. */
function changeFrom(
  action: Exclude<(typeof actions)[number], 'list' | 'import' | 'export'>,
  said: AskedGateway & Readonly<{ role?: string; types?: string }>,
  restaurantId: string,
): (target: Target, member: Member) => Promise<Change> {
  switch (action) {
    case 'add': {
      const domain = stageDomain(said);
      const role = roleFrom(said.role, restaurantId, domain);
      const types = typesFrom(said.types, role, domain);
      return (target, member) => add(target, member, role, types);
    }
    case 'remove':
      return remove;
    case 'revoke':
      return (target, member) => revoke(target, member, Date.now());
    case 'suspend':
      return (target, member) => suspend(target, member, Date.now());
    case 'resume':
      return resume;
  }
}

function isAction(text: string): text is (typeof actions)[number] {
  return (actions as readonly string[]).includes(text);
}

function formatFrom(text: string = 'ndjson'): ExportFormat {
  const format = exportFormats.find((known) => known === text);
  if (format === undefined) throw new UsageError(`--format is ${exportFormats.join(' or ')}, got ${text}`);
  return format;
}
