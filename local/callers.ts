import { createHash } from 'node:crypto';

/** Who makes a call to the AWS endpoint or to `@connections`: a function, or a person with tools of theirs. */
export type Caller = { readonly kind: 'function'; readonly functionName: string } | { readonly kind: 'operator' };

/** The access keys of a set of functions. Signatures are not checked: the key alone tells who calls. */
export type Callers = {
  readonly accessKeyOf: (functionName: string) => string;
  /** `undefined` when the request is not signed at all. */
  readonly callerOf: (authorization: string | undefined) => Caller | undefined;
};

export const createCallers = (functionNames: readonly string[]): Callers => {
  const byKey = new Map(functionNames.map((name) => [accessKeyOf(name), name]));
  return {
    accessKeyOf,
    callerOf: (authorization) => {
      const key = /Credential=([^/,\s]+)/.exec(authorization ?? '')?.[1];
      if (key === undefined) return undefined;
      const functionName = byKey.get(key);
      return functionName === undefined ? { kind: 'operator' } : { kind: 'function', functionName };
    },
  };
};

/** `ASIA` marks the temporary keys a role hands out. */
const accessKeyOf = (functionName: string): string =>
  `ASIA${createHash('sha256').update(functionName).digest('hex').slice(0, 16).toUpperCase()}`;
