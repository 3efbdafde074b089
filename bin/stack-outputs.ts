import { pathBefore } from '../local/output-names.ts';
import { FailedError } from './command.ts';

/** An output of a deployed stack. */
export type StackOutput = Readonly<{ id: string; value: string; description: string | undefined }>;

/** A gateway's outputs by the names of their constructs. */
export type Outputs = ((name: string) => string) & Readonly<{ optional: (name: string) => string | undefined }>;

/**
 * What the two constructs with outputs for commands are known by: an app may have one of these names itself. Each stands alone, since
 * a state may be a stack of its own and the gateway a construct of another.
 */
const everyState = ['IssuerAliases', 'ConnectionsTableName'] as const;
const everyGateway = ['ManagementUrl', 'WebSocketUrl'] as const;

const isOfState = (name: string): boolean => name === 'IssuerAliases' || name.endsWith('TableName');

/** @param stacks their names, for what is said when one is missing: throws `FailedError` then, and where several gateways have it */
export const outputsIn = (stacks: readonly string[], outputs: readonly StackOutput[]): Outputs => {
  const pathsOf = (name: string): readonly string[] => outputs.flatMap(({ id }) => pathBefore(id, name) ?? []);
  const common = ([one, other]: typeof everyState | typeof everyGateway): readonly string[] => {
    const others = pathsOf(other);
    return pathsOf(one).filter((path) => others.includes(path));
  };
  const [states, gateways] = [common(everyState), common(everyGateway)];

  const optional = (name: string): string | undefined => {
    const paths = isOfState(name) ? states : gateways;
    const [first, ...others] = outputs.filter(({ id }) => paths.some((path) => path === pathBefore(id, name)));
    // An app may put out what the gateway does once more.
    const second = others.find(({ value }) => value !== first?.value);
    if (second !== undefined)
      throw new FailedError(
        `There are several gateways in ${stacks.join(', ')}, with the outputs ${first?.id} and ${second.id}: commands are for stacks with one.`,
      );
    return first?.value;
  };
  const demanded = (name: string): string => {
    const value = optional(name);
    if (value !== undefined) return value;
    const where = stacks.length === 1 ? `Stack ${stacks[0]} has no` : `None of the stacks ${stacks.join(', ')} has an`;
    throw new FailedError(`${where} output ${name}: name each stack that the gateway stands in.`);
  };
  return Object.assign(demanded, { optional });
};
