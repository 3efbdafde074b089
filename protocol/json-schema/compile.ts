import type { CompiledSchema, Path, SchemaProblem } from './compiled.ts';
import { schema as schemaForm } from './forms.ts';
import { keywordOf } from './keywords.ts';
import { misplaced } from './places.ts';
import { anything, type Inner, rulesOf } from './rules.ts';
import { isObject, type JsonObject } from './values.ts';

/** Schemas within one another: a reference, a choice and a branch for each of the 32 levels that the data of an event may have. */
export const maxSchemaDepth = 100;

/** Reads a schema of the subset that docs/json-schema.md states, from JSON, whoever wrote it. Tells its first problem. */
export const compileSchema = (schema: unknown): CompiledSchema | SchemaProblem => {
  const problems: SchemaProblem[] = [];
  const refuse = (at: Path, problem: string): CompiledSchema => {
    problems.push({ at, problem });
    return anything;
  };
  const written = isObject(schema) && isObject(schema['$defs']) ? schema['$defs'] : {};
  const definitions = new Map<string, CompiledSchema | 'being read'>();

  /** Read once, however many refer to it. */
  const definition = (name: string, at: Path, depth: number): CompiledSchema => {
    const known = definitions.get(name);
    if (known === 'being read') return refuse(at, `leads back to ${name}: a schema must end somewhere`);
    if (known !== undefined) return known;
    if (!Object.hasOwn(written, name)) return refuse(at, `names ${name}, which $defs does not have`);
    definitions.set(name, 'being read');
    const compiled = schemaAt(written[name], ['$defs', name], depth);
    definitions.set(name, compiled);
    return compiled;
  };

  /** `depth` keeps the way down off the end of the stack; what a definition adds to it is known when that was read. */
  const schemaAt = (unread: unknown, at: Path, depth: number): CompiledSchema => {
    if (depth > maxSchemaDepth) return refuse(at, tooDeep);
    if (!isObject(unread)) return refuse(at, schemaForm.must);
    const unfit = unfitKeyword(unread, at);
    if (unfit !== undefined) return refuse(unfit.at, unfit.problem);
    const inner: Inner = {
      schema: (one, ...under) => schemaAt(one, [...at, ...under], depth + 1),
      definition: (name) => definition(name, [...at, '$ref'], depth + 1),
      refuse: (keyword, problem) => void refuse([...at, keyword], problem),
    };
    const compiled = rulesOf(unread, inner);
    return depth + compiled.depth - 1 > maxSchemaDepth ? refuse(at, tooDeep) : compiled;
  };

  const compiled = schemaAt(schema, [], 1);
  for (const name of Object.keys(written)) {
    if (!/^[\w.-]+$/.test(name)) refuse(['$defs', name], 'must have a name of letters, digits, _, . and -');
    definition(name, ['$defs', name], 1);
  }
  return problems[0] ?? compiled;
};

const tooDeep = `is more than ${maxSchemaDepth} schemas deep`;

/** The first keyword that is unknown, stands where it may not or has a value that it may not have. */
const unfitKeyword = (schema: JsonObject, at: Path): SchemaProblem | undefined => {
  for (const name of Object.keys(schema)) {
    const keyword = keywordOf(name);
    if (keyword === undefined) return { at: [...at, name], problem: 'is not a keyword of the subset' };
    const value = keyword.form.read(schema[name]);
    const problem = value === undefined ? keyword.form.must : misplaced(schema, name, at.length === 0);
    if (problem !== undefined) return { at: [...at, name], problem };
  }
  return undefined;
};
