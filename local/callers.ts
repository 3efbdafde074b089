import { randomBytes } from 'node:crypto';

/** Who makes a call to the AWS endpoint or to `@connections`: a function, or a person with tools of theirs. */
export type Caller = { readonly kind: 'function'; readonly functionName: string } | { readonly kind: 'operator' };

/** Who a request says it is from: it is not signed at all, or with a key that nobody here was given. */
export type Identified = Caller | { readonly kind: 'unsigned' } | { readonly kind: 'unknown' };

/** What AWS's tools sign with. */
export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

/**
 * The access keys of a gateway, made anew at each start: one for each function and one for whoever operates it. Signatures
 * are not checked. The key alone tells who calls, and whoever has not been told one can make no call.
 */
export type Callers = {
  readonly operator: Credentials;
  /** Throws for a function it does not know. */
  readonly accessKeyOf: (functionName: string) => string;
  readonly callerOf: (authorization: string | undefined) => Identified;
};

export const createCallers = (functionNames: readonly string[]): Callers => {
  const operator = { accessKeyId: newKey('AKIA'), secretAccessKey: randomBytes(30).toString('base64url') };
  const keys = new Map(functionNames.map((name) => [name, newKey('ASIA')]));
  const byKey = new Map<string, Caller>([
    [operator.accessKeyId, { kind: 'operator' }],
    ...[...keys].map(([functionName, key]): [string, Caller] => [key, { kind: 'function', functionName }]),
  ]);
  return {
    operator,
    accessKeyOf: (functionName) => {
      const key = keys.get(functionName);
      if (key === undefined) throw new Error(`there is no function ${functionName}, only ${functionNames}`);
      return key;
    },
    callerOf: (authorization) => {
      const key = /Credential=([^/,\s]+)/.exec(authorization ?? '')?.[1];
      return key === undefined ? { kind: 'unsigned' } : (byKey.get(key) ?? { kind: 'unknown' });
    },
  };
};

/** `AKIA` marks the keys of a user, `ASIA` the temporary keys that a role hands out. */
const newKey = (kind: 'AKIA' | 'ASIA'): string => kind + randomBytes(16).toString('hex').toUpperCase();
