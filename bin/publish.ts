import { randomUUID } from 'node:crypto';
import { type InvalidPublication, publicationOf } from '../lambdas/events/publication.ts';
import { nobodyIsOwn } from '../lambdas/events/verified-publisher.ts';
import type { Domain } from '../protocol/domain.ts';
import { asciiJson } from '../protocol/json/ascii.ts';
import { type JsonProblem, scannedBefore } from '../protocol/json/json-text.ts';
import { scanText } from '../protocol/json/scan.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';
import { limits } from '../protocol/limits.ts';
import { targetHelp, targetOptions } from './asked-gateway.ts';
import { called, NotFoundError, readArguments, run, UsageError } from './command.ts';
import { isRestaurantOf } from './known-restaurant.ts';
import { stageDomain } from './stage-domain.ts';
import { openTarget } from './target.ts';

const help = ({
  connectionTypes,
  defaultAudience,
}: Domain): string => `Publishes one event to everybody who is connected to a restaurant.

  ${called(`publish --restaurant R --type order.created --data '{"order_id":17}'`)}

  --type T     dotted lower-case words, such as order.created or inventory.low_stock
  --data JSON  an object, ${limits.maxEventDataBytes / 1024} KB at most
  --id ID      idempotency key: the same event sent again is delivered once, another one under the same id is put aside
               (default: a new one)
  --audience   connection types that get it: ${connectionTypes.join(',')} (default: ${defaultAudience.join(',') || 'nobody'})
${targetHelp(14)}`;

/** What is wrong, in words for whoever typed it. */
const problemsIn = ({ connectionTypes }: Domain): Readonly<Record<InvalidPublication, string>> => ({
  restaurant_invalid: '--restaurant is 1-64 letters, digits, "_" and "-"',
  restaurant_unknown: 'nobody is a member there, and nobody was ever let in: the event would be put aside',
  restaurant_rate: 'the restaurant has had its publications of this minute',
  not_json: '--data is a JSON object',
  version_unknown: 'the version is not known',
  type_invalid: '--type is two to four lower-case words with dots between them, such as order.created',
  data_invalid: '--data is a JSON object',
  data_too_large: `--data is ${limits.maxEventDataBytes / 1024} KB at most`,
  data_too_deep: `--data is nested ${limits.maxEventDataDepth} levels deep at most`,
  id_invalid: '--id is 1-128 letters, digits and . : _ -',
  id_conflict: '--id is that of another event',
  audience_invalid: `--audience is of ${connectionTypes.join(', ')}`,
  publisher_invalid: 'the publisher is not readable',
});

/** What two readers may read differently. */
const ambiguities: Readonly<Partial<Record<JsonProblem, string>>> = {
  duplicate_key: '--data has a key twice in one object',
  lone_surrogate: '--data has half a character',
  number_too_large: '--data has a number that is beyond the range of a double',
};

await run(async () => {
  const { values, positionals } = readArguments((asked) => help(stageDomain(asked)), {
    restaurant: { type: 'string' },
    type: { type: 'string' },
    data: { type: 'string' },
    id: { type: 'string' },
    audience: { type: 'string' },
    ...targetOptions,
  });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const domain = stageDomain(values);
  const problems = problemsIn(domain);
  const { restaurant, type, data, audience, id = `evt_${randomUUID()}` } = values;
  for (const [name, value] of Object.entries({ restaurant, type, data }))
    if (value === undefined) throw new UsageError(`--${name} is missing; see --help`);
  if (restaurant === undefined || !isRestaurantId(restaurant)) throw new UsageError(problems.restaurant_invalid);

  const scanned = scanText(data ?? '', Number.POSITIVE_INFINITY);
  if ('refused' in scanned) throw new UsageError(ambiguities[scanned.refused] ?? problems.not_json);
  const rest = JSON.stringify({ id, audience: audience?.split(',') });
  // In ASCII: SQS takes no U+FFFE and no U+FFFF, and the local queue no emoji.
  const body = asciiJson(scannedBefore(`{"v":1,"type":${JSON.stringify(type)},"data":${data},${rest.slice(1)}`));
  const read = publicationOf(
    { messageId: 'typed', body, attributes: { MessageGroupId: restaurant } },
    nobodyIsOwn,
    domain,
  );
  if (typeof read === 'string') throw new UsageError(problems[read]);
  // The gateway keeps a type that its stage does not have; typed, it is a mistake.
  if (!(audience?.split(',') ?? []).every(domain.isConnectionType)) throw new UsageError(problems.audience_invalid);
  const target = await openTarget(values);
  if (!(await isRestaurantOf(target, values)(restaurant)))
    throw new NotFoundError(`${restaurant} is not known: ${problems.restaurant_unknown}. Add a member first.`);
  await target.publish(restaurant, body);
  console.log(`${id} is queued for ${restaurant}.`);
});
