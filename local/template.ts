import * as v from 'valibot';
import type { Stack } from './assembly.ts';
import { createResolver, defaultRegion } from './intrinsics.ts';
import { StartError, TemplateError } from './start-error.ts';

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

/**
 * Typed access to the resources of several stacks. Only the properties a schema names are ever resolved.
 *
 * @param awsEndpoint base URL of queue URLs, without a trailing slash
 */
export const openTemplate = (stacks: readonly Stack[], awsEndpoint: string): Template => {
  const resolve = createResolver(stacks, awsEndpoint);

  const found = <S extends Schema>(stack: Stack, logicalId: string, schema: S): Found<S> => {
    const place = { stack, resource: logicalId, path: 'Properties' };
    const problem = (path: string, what: string) =>
      new TemplateError({ stack: stack.name, resource: logicalId, path: `Properties.${path}` }, what);
    const given = stack.resources[logicalId]?.Properties ?? {};
    const wanted = Object.entries(given).filter(([key]) => Object.hasOwn(schema.entries, key));
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

  const findOutput: Template['findOutput'] = (name) => {
    const [first, second] = outputsNamed(stacks, name);
    if (first === undefined) return undefined;
    if (second !== undefined)
      throw new StartError(
        'TEMPLATE_UNRESOLVED',
        `several gateways have the output ${name}: ${first.id}, ${second.id}.`,
      );
    return String(resolve(first.output.Value, { stack: first.stack, resource: first.id, path: 'Value' }));
  };
  const [url] = outputsNamed(stacks, 'WebSocketUrl');

  return {
    find: (types, schema) =>
      stacks.flatMap((stack) =>
        Object.entries(stack.resources)
          .filter(([, { Type }]) => types.includes(Type))
          .map(([logicalId]) => found(stack, logicalId, schema)),
      ),
    output: (name) => {
      const value = findOutput(name);
      if (value === undefined) throw new StartError('TEMPLATE_UNRESOLVED', `no stack has the output ${name}.`);
      return value;
    },
    findOutput,
    gatewayPath: url?.id.replace(/WebSocketUrl(?:[0-9A-F]{8})?$/, '') ?? '',
  };
};

/** By its own name in a stack, else by the name that it has below a construct: with that path before it and a hash behind. */
const outputsNamed = (stacks: readonly Stack[], name: string) => {
  const all = stacks.flatMap((stack) => Object.entries(stack.outputs).map(([id, output]) => ({ stack, id, output })));
  const own = all.filter(({ id }) => id === name);
  return own.length > 0 ? own : all.filter(({ id }) => id.replace(/[0-9A-F]{8}$/, '').endsWith(name) && id !== name);
};

/** CloudFormation takes numbers as text, too. */
export const count = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer(), v.minValue(0));
