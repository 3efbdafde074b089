import { outputsNamed } from '../local/output-names.ts';
import { FailedError } from './command.ts';

/** An output of a deployed stack. */
export type StackOutput = Readonly<{ id: string; value: string; description: string | undefined }>;

/** A gateway's outputs by the names of their constructs. */
export type Outputs = ((name: string) => string) & Readonly<{ optional: (name: string) => string | undefined }>;

/** @param stacks their names, for what is said when one is missing: throws `FailedError` then, and where several gateways have it */
export const outputsIn = (stacks: readonly string[], outputs: readonly StackOutput[]): Outputs => {
  const optional = (name: string): string | undefined => {
    const [first, second] = outputsNamed(outputs, ({ id }) => id, name);
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
