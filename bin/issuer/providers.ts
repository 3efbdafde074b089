/**
 * What helps a person with single providers, and is no rule: those are in `config-schema/known-issuers.ts`. Whoever is not in this list is
 * judged all the same.
 */

export type Provider = Readonly<{
  name: string;
  /** What its entry is called when nobody says another name. */
  alias: string;
  isAt: (issuer: URL) => boolean;
  /** What to change where its tokens are signed with a shared secret. */
  insteadOfSecret?: string;
  /** The claim that is the same user in every app of a tenant, where `sub` is not. */
  userIdClaim?: string;
}>;

const at =
  (pattern: RegExp) =>
  ({ hostname }: URL): boolean =>
    pattern.test(hostname);

const providers: readonly Provider[] = [
  { name: 'Cognito', alias: 'cognito', isAt: at(/^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/) },
  {
    name: 'Auth0',
    alias: 'auth0',
    isAt: at(/\.auth0\.com$/),
    insteadOfSecret: 'set the signing algorithm of the API to RS256',
  },
  {
    name: 'Supabase',
    alias: 'supabase',
    isAt: at(/\.supabase\.co$/),
    insteadOfSecret: 'turn on asymmetric JWT signing keys in the project and rotate to one',
  },
  { name: 'Firebase', alias: 'firebase', isAt: at(/^securetoken\.google\.com$/) },
  { name: 'Google', alias: 'google', isAt: at(/^accounts\.google\.com$/) },
  { name: 'Apple', alias: 'apple', isAt: at(/^appleid\.apple\.com$/) },
  {
    name: 'Entra ID',
    alias: 'entra',
    isAt: at(/^(?:login\.microsoftonline\.com|sts\.windows\.net)$/),
    userIdClaim: 'oid',
  },
  { name: 'WorkOS', alias: 'workos', isAt: at(/^api\.workos\.com$/) },
  { name: 'Clerk', alias: 'clerk', isAt: at(/^clerk\.|\.clerk\.accounts\.dev$/) },
  { name: 'Okta', alias: 'okta', isAt: at(/\.(?:okta|oktapreview|okta-emea)\.com$/), userIdClaim: 'uid' },
  { name: 'Salesforce', alias: 'salesforce', isAt: at(/\.my\.salesforce\.com$/) },
  { name: 'XSUAA', alias: 'xsuaa', isAt: at(/\.hana\.ondemand\.com$/) },
  {
    name: 'Keycloak',
    alias: 'keycloak',
    isAt: ({ pathname }) => /\/realms\/[^/]+$/.test(pathname),
    insteadOfSecret: "set the client's access token signature algorithm to RS256 or ES256",
  },
  {
    name: 'authentik',
    alias: 'authentik',
    isAt: ({ pathname }) => pathname.startsWith('/application/o/'),
    insteadOfSecret: 'choose a signing key in the provider, which has none as installed',
  },
];

export const providerOf = (issuer: string): Provider | undefined =>
  URL.canParse(issuer) ? providers.find(({ isAt }) => isAt(new URL(issuer))) : undefined;

/** A provider whose issuer has a name of its own, known by what its tokens hold. */
const inTheToken: readonly Readonly<{ claim: string; name: string; insteadOfSecret: string }>[] = [
  {
    claim: 'applicationId',
    name: 'FusionAuth',
    insteadOfSecret: 'choose an RS256 key for access tokens in the JWT settings of the tenant or application',
  },
];

/** What to change where tokens are signed with a secret that both sides know. */
export const insteadOfSecret = (issuer: string, claims: Readonly<Record<string, unknown>>): string => {
  const supabaseOfOld = claims['iss'] === 'supabase' ? providers.find(({ alias }) => alias === 'supabase') : undefined;
  const known =
    supabaseOfOld ?? providerOf(issuer) ?? inTheToken.find(({ claim }) => Object.hasOwn(claims, claim)) ?? undefined;
  return known?.insteadOfSecret === undefined
    ? 'let the issuer sign with a key pair, RS256 or ES256, and publish the public keys'
    : `in ${known.name}, ${known.insteadOfSecret}`;
};
