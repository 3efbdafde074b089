/** Which keywords may stand beside which. */
import { types as typesForm } from './forms.ts';
import { keywordOf } from './keywords.ts';
import type { JsonObject } from './values.ts';

/** Why a known keyword may not stand where it does, as the rest of a sentence. */
export const misplaced = (schema: JsonObject, name: string, isRoot: boolean): string | undefined => {
  const keyword = keywordOf(name);
  if (keyword?.atRoot && !isRoot) return 'must stand in the outermost schema';
  if (name === '$ref') return standsAlone(schema, name, []);
  if (name === 'oneOf') return standsAlone(schema, name, ['type']) ?? choosesObjects(schema);
  const of = keyword?.of;
  if (of === undefined) return undefined;
  const about: readonly string[] = of === 'number' ? ['number', 'integer'] : [of];
  return typesOf(schema).some((type) => about.includes(type))
    ? undefined
    : `must have the type ${about.join(' or ')} beside it`;
};

/** One value is judged by one schema: nothing that judges stands beside what leads to another. */
const standsAlone = (schema: JsonObject, name: string, allowed: readonly string[]): string | undefined => {
  const beside = Object.keys(schema).find(
    (other) => other !== name && !allowed.includes(other) && keywordOf(other)?.annotates === undefined,
  );
  return beside === undefined ? undefined : `must not have ${beside} beside it`;
};

const choosesObjects = (schema: JsonObject): string | undefined =>
  Object.hasOwn(schema, 'type') && typesOf(schema).join() !== 'object'
    ? 'must have no type but object beside it'
    : undefined;

const typesOf = (schema: JsonObject): readonly string[] =>
  (Object.hasOwn(schema, 'type') ? typesForm.read(schema['type']) : undefined) ?? [];
