import type { Statement } from '../blueprint/statements.ts';

/** One action on one resource. */
export type Right = { readonly action: string; readonly resource: string };

/** What one role may do. */
export type Rights = {
  /** An explicit denial wins over every permission. */
  readonly include: (right: Right) => boolean;
  /** Each pair of action and resource that is granted, as the policies spell it, and that no question was about so far. */
  readonly unused: () => readonly Right[];
};

/**
 * Weighs statements as IAM does. Everything is taken apart once: a question costs comparisons of text, and a pattern only
 * where a policy has one.
 */
export const rightsOf = (statements: readonly Statement[]): Rights => {
  const pairs = statements.flatMap(({ effect, actions, resources }) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({
        effect,
        action,
        resource,
        isAction: matcherOf(action.toLowerCase()),
        isResource: matcherOf(resource),
      })),
    ),
  );
  const denials = pairs.filter(({ effect }) => effect === 'Deny');
  const grants = pairs.filter(({ effect }) => effect === 'Allow');
  const used = new Set<(typeof grants)[number]>();

  return {
    include: ({ action, resource }) => {
      // Names of actions are the same in capitals and small letters; ARNs are not.
      const asked = action.toLowerCase();
      if (denials.some(({ isAction, isResource }) => isAction(asked) && isResource(resource))) return false;
      const grant = grants.find(({ isAction, isResource }) => isAction(asked) && isResource(resource));
      if (grant === undefined) return false;
      used.add(grant);
      return true;
    },
    unused: () => grants.filter((grant) => !used.has(grant)).map(({ action, resource }) => ({ action, resource })),
  };
};

const matcherOf = (pattern: string): ((text: string) => boolean) => {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
};
