import * as v from 'valibot';
import { EnvironmentError, environment } from '../env.ts';

// `localhost` and every name under it is this machine (RFC 6761, section 6.3).
const isLoopback = (host: string): boolean =>
  ['127.0.0.1', '[::1]', 'localhost'].includes(host) || host.endsWith('.localhost');
const secureUrl = v.pipe(
  v.string(),
  v.url(),
  v.check((text) => {
    const url = new URL(text);
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  }, 'https, or http on loopback'),
);

const IssuerSettings = v.object({
  alias: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,16}$/)),
  issuer: secureUrl,
  audience: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1)),
  audience_claim: v.picklist(['aud', 'client_id']),
  token_use: v.nullable(v.picklist(['access', 'id'])),
  user_id_claim: v.pipe(v.string(), v.nonEmpty()),
  algorithms: v.pipe(
    v.array(v.picklist(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])),
    v.minLength(1),
  ),
  jwks_uri: secureUrl,
  max_token_lifetime_seconds: v.pipe(v.number(), v.integer(), v.minValue(60)),
});

/** A trusted issuer, complete: `lib/` fills in every default. */
export type Issuer = Readonly<v.InferOutput<typeof IssuerSettings>>;

/** Reads `ISSUERS`; throws `EnvironmentError` when an item is not a complete issuer or an alias or issuer appears twice. */
export const issuersFrom = (items: readonly unknown[]): readonly Issuer[] => {
  const parsed = v.safeParse(v.pipe(v.array(IssuerSettings), v.minLength(1)), items);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new EnvironmentError(
      environment.issuers,
      `a list of complete issuers (${v.getDotPath(issue)}: ${issue.message})`,
    );
  }
  for (const key of ['alias', 'issuer'] as const)
    if (new Set(parsed.output.map((issuer) => issuer[key])).size < parsed.output.length)
      throw new EnvironmentError(environment.issuers, `a list in which each ${key} appears once`);
  return parsed.output;
};
