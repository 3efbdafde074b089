import { randomBytes } from 'node:crypto';
import { faultOf, readAuthorization, type SignatureRefusal } from './signatures.ts';
import type { WireRequest } from './wire.ts';

/** Who makes a call to the AWS endpoint or to `@connections`: a function, or a person with tools of theirs. */
export type Caller = { readonly kind: 'function'; readonly functionName: string } | { readonly kind: 'operator' };

/** Who a request is from, or why it is nobody's. */
export type Identified = Caller | ({ readonly kind: 'refused' } & SignatureRefusal);

/** What AWS's tools sign with. */
export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** Those of a role, which are good with their token alone. */
export type SessionCredentials = Credentials & { readonly sessionToken: string };

/** Whoever operates the gateway, and the region to sign for. */
export type Operator = Credentials & { readonly region: string };

/**
 * The credentials of a gateway, made anew at each start: one for each function and one for whoever operates it. Whoever has not been
 * told a secret can make no call.
 */
export type Callers = {
  readonly operator: Operator;
  /** Throws for a function it does not know. */
  readonly credentialsOf: (functionName: string) => SessionCredentials;
  /** Whose signature a request has. */
  readonly callerOf: (request: WireRequest, service: string | undefined) => Identified;
};

/** @param regions where the gateway's services are, that of its API first */
export const createCallers = (
  functionNames: readonly string[],
  [region, ...others]: readonly [string, ...string[]],
): Callers => {
  const regions = new Set([region, ...others]);
  const operator = { accessKeyId: newKey('AKIA'), secretAccessKey: newSecret(), region };
  const ofFunctions = new Map(
    functionNames.map((name) => [
      name,
      { accessKeyId: newKey('ASIA'), secretAccessKey: newSecret(), sessionToken: randomBytes(96).toString('base64') },
    ]),
  );
  const byKey = new Map<string, Known>([
    [operator.accessKeyId, { caller: { kind: 'operator' }, credentials: operator }],
    ...[...ofFunctions].map(([functionName, credentials]): [string, Known] => [
      credentials.accessKeyId,
      { caller: { kind: 'function', functionName }, credentials },
    ]),
  ]);
  return {
    operator,
    credentialsOf: (functionName) => {
      const credentials = ofFunctions.get(functionName);
      if (credentials === undefined) throw new Error(`there is no function ${functionName}, only ${functionNames}`);
      return credentials;
    },
    callerOf: (request, service) => {
      const authorization = readAuthorization(request.headers['authorization']);
      if ('code' in authorization) return { kind: 'refused', ...authorization };
      const known = byKey.get(authorization.accessKeyId);
      if (known === undefined || known.credentials.sessionToken !== request.headers['x-amz-security-token'])
        return { kind: 'refused', ...unrecognized };
      const { secretAccessKey } = known.credentials;
      const fault = faultOf(request, authorization, secretAccessKey, { regions, service }, Date.now());
      return fault === undefined ? known.caller : { kind: 'refused', ...fault };
    },
  };
};

type Known = { readonly caller: Caller; readonly credentials: Credentials & { readonly sessionToken?: string } };

const unrecognized: SignatureRefusal = {
  code: 'UnrecognizedClientException',
  message: 'The security token included in the request is invalid.',
};

/** `AKIA` marks the keys of a user, `ASIA` the temporary keys that a role hands out. */
const newKey = (kind: 'AKIA' | 'ASIA'): string => kind + randomBytes(16).toString('hex').toUpperCase();

const newSecret = (): string => randomBytes(30).toString('base64');
