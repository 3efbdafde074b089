/** What a value of a template refers to, without working it out. */
import type { Stack } from './assembly.ts';
import { isRecord } from './record.ts';

/** A resource of one of the stacks. */
export type Reference = { readonly stack: Stack; readonly logicalId: string };

/** The resources that a value names by `Ref`, `Fn::GetAtt` and `Fn::Sub`, in other stacks by what those put out or export. */
export const referencesIn = (value: unknown, stack: Stack, stacks: readonly Stack[]): readonly Reference[] => {
  const found: Reference[] = [];
  const follow = (id: string, within: Stack): void => {
    const logicalId = id.split('.')[0] ?? id;
    if (within.resources[logicalId] !== undefined) found.push({ stack: within, logicalId });
  };
  const look = (part: unknown, within: Stack): void => {
    if (Array.isArray(part)) {
      for (const item of part) look(item, within);
      return;
    }
    if (!isRecord(part)) return;
    for (const [key, argument] of Object.entries(part)) {
      if (key === 'Ref' && typeof argument === 'string') follow(argument, within);
      else if (key === 'Fn::GetAtt') follow(String(Array.isArray(argument) ? argument[0] : argument), within);
      else if (key === 'Fn::Sub') for (const name of namesIn(argument)) follow(name, within);
      if (key === 'Fn::ImportValue')
        for (const { output, of } of exportsNamed(argument, stacks)) look(output.Value, of);
      else if (key === 'Fn::GetStackOutput' && isRecord(argument)) {
        const of = stacks.find(({ name }) => name === argument['StackName']);
        const output = of?.outputs[String(argument['OutputName'])];
        if (of !== undefined && output !== undefined) look(output.Value, of);
      } else look(argument, within);
    }
  };
  look(value, stack);
  return found;
};

const namesIn = (argument: unknown): readonly string[] => {
  const pattern = Array.isArray(argument) ? argument[0] : argument;
  return typeof pattern === 'string' ? [...pattern.matchAll(/\$\{([^!}]+)\}/g)].map(([, name = '']) => name) : [];
};

/** The CDK writes names of exports as they are. */
const exportsNamed = (name: unknown, stacks: readonly Stack[]) =>
  stacks.flatMap((of) =>
    Object.values(of.outputs)
      .filter((output) => output.Export?.Name === name)
      .map((output) => ({ of, output })),
  );
