import type { Choice, CompiledSchema, Scalar } from './compiled.ts';

/**
 * How one of several schemas is chosen by a look-up: all are of the type object and require one property, which has another
 * `const` in each. Undefined: by none. Where several properties would do, every one of them leads to the same answers.
 */
export const choiceOf = (branches: readonly CompiledSchema[]): Choice | undefined => {
  if (branches.some(({ types }) => types?.join() !== 'object')) return undefined;
  const [first] = branches;
  for (const property of first?.object?.required ?? []) {
    const byConstant = new Map<Scalar, CompiledSchema>();
    for (const branch of branches) {
      const constant = constantOf(branch, property);
      if (constant === undefined || byConstant.has(constant)) break;
      byConstant.set(constant, branch);
    }
    if (byConstant.size === branches.length) return { property, branches: byConstant };
  }
  return undefined;
};

const constantOf = ({ object }: CompiledSchema, property: string): Scalar | undefined => {
  if (!object?.required.has(property)) return undefined;
  const [constant] = object.properties.get(property)?.constant ?? [];
  return constant;
};
