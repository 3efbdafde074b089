import * as v from 'valibot';
import type { Stack } from './assembly.ts';
import type { Door } from './door.ts';
import { variablesIn } from './door-reach.ts';
import type { GivenValues } from './given-values.ts';
import { createResolver, defaultRegion } from './intrinsics.ts';
import { StartError, TemplateError } from './start-error.ts';
import { withoutForeignStatements } from './policies.ts';

type Schema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** One resource with the properties that were asked for, all intrinsics resolved. */
export type Found<S extends Schema> = {
  readonly logicalId: string;
  readonly region: string;
  readonly ref: string;
  readonly properties: v.InferOutput<S>;
  readonly assets: ReadonlyMap<string, string>;
  readonly attribute: (name: string) => string;
  /** Other properties of the same resource. */
  readonly read: <Other extends Schema>(schema: Other) => Found<Other>;
  /** An error that names this resource and the property. */
  readonly problem: (path: string, what: string) => TemplateError;
};

export type Template = {
  /** Every resource of these types. Throws `TemplateError` where a property of `schema` cannot be resolved or is not as it says. */
  readonly find: <S extends Schema>(types: readonly string[], schema: S) => readonly Found<S>[];
  /**
   * What the CDK puts before the names of everything in the gateway's construct: nothing in stacks of its own, `DoorGateway` where it
   * is the construct `Door` of somebody's stack.
   */
  readonly gatewayPath: string;
  /** The value of a gateway's output; throws `StartError` when no stack has it, or when several might be it. */
  readonly output: (name: string) => string;
  /** The same, undefined where no stack has it. */
  readonly findOutput: (name: string) => string | undefined;
};

export type TemplateOptions = {
  readonly stacks: readonly Stack[];
  /** Whose resources are looked at. */
  readonly door: Door;
  readonly given: GivenValues;
  /** Base URL of queue URLs, without a trailing slash. */
  readonly awsEndpoint: string;
  /** Variables of functions that are as if they were not there. */
  readonly withoutVariables: readonly string[];
};

/** Typed access to the resources of a gateway in several stacks. Only the properties a schema names are ever resolved. */
export const openTemplate = ({ stacks, door, given, awsEndpoint, withoutVariables }: TemplateOptions): Template => {
  const resolve = createResolver(stacks, awsEndpoint, given);

  const found = <S extends Schema>(stack: Stack, logicalId: string, schema: S): Found<S> => {
    const place = { stack, resource: logicalId, path: 'Properties' };
    const problem = (path: string, what: string) =>
      new TemplateError({ stack: stack.name, resource: logicalId, path: `Properties.${path}` }, what);
    const { Type, Properties = {} } = stack.resources[logicalId] ?? {};
    const wanted = Object.entries(asRead(Type, Properties)).filter(([key]) => Object.hasOwn(schema.entries, key));
    const read = v.safeParse(schema, resolve(Object.fromEntries(wanted), place));
    if (!read.success) throw problem(v.getDotPath(read.issues[0]) ?? '', `is not usable: ${read.issues[0].message}`);
    return {
      logicalId,
      region: stack.region ?? defaultRegion,
      // Not every resource type has a name locally, and few are asked for theirs.
      get ref() {
        return String(resolve({ Ref: logicalId }, place));
      },
      properties: read.output,
      assets: stack.assets,
      read: (other) => found(stack, logicalId, other),
      attribute: (name) => String(resolve({ 'Fn::GetAtt': [logicalId, name] }, place)),
      problem,
    };
  };

  /** What must not be resolved is taken out before. */
  const asRead = (type: string | undefined, properties: Readonly<Record<string, unknown>>) => {
    if (type === 'AWS::Lambda::Function')
      return { ...properties, Environment: { Variables: variablesIn(properties, withoutVariables) } };
    return withoutForeignStatements(properties);
  };

  const findOutput: Template['findOutput'] = (name) => {
    const [first, second] = door.outputs(name);
    if (first === undefined) return undefined;
    if (second !== undefined)
      throw new StartError(
        'TEMPLATE_UNRESOLVED',
        `several gateways have the output ${name}: ${first.id}, ${second.id}.`,
      );
    return String(resolve(first.output.Value, { stack: first.stack, resource: first.id, path: 'Value' }));
  };

  return {
    find: (types, schema) =>
      stacks.flatMap((stack) =>
        Object.entries(stack.resources)
          .filter(([logicalId, { Type }]) => types.includes(Type) && door.has(stack, logicalId))
          .map(([logicalId]) => found(stack, logicalId, schema)),
      ),
    output: (name) => {
      const value = findOutput(name);
      if (value === undefined) throw new StartError('TEMPLATE_UNRESOLVED', `no stack has the output ${name}.`);
      return value;
    },
    findOutput,
    gatewayPath: door.gatewayPath,
  };
};

/** CloudFormation takes numbers as text, too. */
export const count = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer(), v.minValue(0));
