/** Holds the data of events against their schemas: of what a domain says, the part that only publishing needs. */
import type { DomainEvent } from './domain-event.ts';
import { compileSchema } from './json-schema/compile.ts';
import type { CompiledSchema } from './json-schema/compiled.ts';
import { violationOf } from './json-schema/violation.ts';

/** The field for which a value is no data of such an event; undefined where it is. */
export type JudgeData = (event: DomainEvent, data: unknown) => string | undefined;

/** Judges by schemas. Each is compiled when the first event of its kind comes, and kept. */
export const dataJudge = (): JudgeData => {
  const compiled = new Map<DomainEvent, CompiledSchema>();
  const schemaOf = (event: DomainEvent): CompiledSchema => {
    const schema = compiled.get(event) ?? compiledOf(event);
    compiled.set(event, schema);
    return schema;
  };
  return (event, data) => {
    const violation = violationOf(schemaOf(event), data);
    if (violation === undefined) return undefined;
    const [first] = violation.at;
    return typeof first === 'string' && fieldPattern.test(first) ? first : 'data';
  };
};

/** What an answer may call a field. */
const fieldPattern = /^\w{1,64}$/;

/** The schema was compiled when the stage was synthesized, too: one that cannot be was never deployed. */
const compiledOf = ({ type, data }: DomainEvent): CompiledSchema => {
  const compiled = compileSchema(data);
  if ('problem' in compiled) throw new Error(`the schema of ${type} ${compiled.problem}`);
  return compiled;
};
