/** What the names of well-known providers tell about their tokens. Pure data; of every other issuer the configuration has to say it. */

/**
 * What becomes of the ID tokens of an issuer: they are for another audience, or there are none; they are for the same one; or they
 * are what devices send, because the provider gives nothing else that can be verified.
 */
export const idTokenKinds = ['other_audience', 'same_audience', 'sent'] as const;
export type IdTokens = (typeof idTokenKinds)[number];

/** `client`: an audience that looks so is a client's, which the provider's ID tokens name as well. */
type Provider = Readonly<{ name: string; issuer: RegExp; client?: RegExp; idTokens: IdTokens }>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const providers: readonly Provider[] = [
  {
    name: 'Auth0',
    issuer: /^https:\/\/[\w.-]+\.auth0\.com\/$/,
    client: /^[A-Za-z0-9_-]{32}$/,
    idTokens: 'other_audience',
  },
  {
    name: 'Okta',
    issuer: /^https:\/\/[\w-]+\.(?:okta|oktapreview|okta-emea)\.com\/oauth2\/[\w-]+$/,
    client: /^0oa/,
    idTokens: 'other_audience',
  },
  {
    name: 'Microsoft Entra ID',
    issuer: /^https:\/\/(?:login\.microsoftonline\.com|sts\.windows\.net|[\w-]+\.ciamlogin\.com)\//,
    client: guid,
    idTokens: 'other_audience',
  },
  { name: 'authentik', issuer: /\/application\/o\/[^/]+\/$/, idTokens: 'same_audience' },
  { name: 'PingAM', issuer: /\/oauth2\/realms\//, idTokens: 'same_audience' },
  { name: 'Zitadel', issuer: /^https:\/\/[\w.-]+\.zitadel\.cloud$/, idTokens: 'same_audience' },
  { name: 'FusionAuth', issuer: /^https:\/\/[\w.-]+\.fusionauth\.io$/, idTokens: 'same_audience' },
  {
    name: 'Supabase',
    issuer: /^https:\/\/[\w-]+\.supabase\.co\/auth\/v1$/,
    client: guid,
    idTokens: 'other_audience',
  },
  { name: 'AWS STS', issuer: /^https:\/\/[\w-]+\.tokens\.sts\.global\.api\.aws$/, idTokens: 'other_audience' },
  {
    name: 'Amazon EKS',
    issuer: /^https:\/\/oidc\.eks\.[\w-]+\.amazonaws\.com(?:\.cn)?\/id\//,
    idTokens: 'other_audience',
  },
  { name: 'Firebase', issuer: /^https:\/\/securetoken\.google\.com\//, idTokens: 'sent' },
  { name: 'Google', issuer: /^(?:https:\/\/)?accounts\.google\.com$/, idTokens: 'sent' },
  { name: 'Apple', issuer: /^https:\/\/appleid\.apple\.com$/, idTokens: 'sent' },
];

/** What is known of the ID tokens of an issuer, seen from these audiences. */
export const knownIdTokens = (
  issuer: string,
  audiences: readonly string[],
): Readonly<{ provider: string; idTokens: IdTokens }> | undefined => {
  const provider = providers.find((one) => one.issuer.test(issuer));
  if (provider === undefined) return undefined;
  const isClients = audiences.some((audience) => provider.client?.test(audience));
  return { provider: provider.name, idTokens: isClients ? 'same_audience' : provider.idTokens };
};

/** Hosts whose tokens are signed with the same keys for all customers, or that are one issuer for all of them. */
const sharedHosts = [
  'securetoken.google.com',
  'accounts.google.com',
  'www.googleapis.com',
  'www.gstatic.com',
  'cloud.google.com',
  'appleid.apple.com',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'sts.windows.net',
  'api.workos.com',
  'token.actions.githubusercontent.com',
  'gitlab.com',
  'login.salesforce.com',
  'identity.oraclecloud.com',
  'www.facebook.com',
  'limited.facebook.com',
  'www.linkedin.com',
  'id.twitch.tv',
  'access.line.me',
  'slack.com',
  'oidc.vercel.com',
];
const sharedDomains = ['.ciamlogin.com', '.b2clogin.com'];

/**
 * Whether keys of this address sign for strangers, too. WorkOS has an issuer and a key set for each client, beside those for all: a
 * pair that names the same client is nobody else's.
 */
export const isShared = (issuer: string, jwksUri: string): boolean => {
  const client = /^https:\/\/api\.workos\.com\/user_management\/(client_\w+)\/?$/.exec(issuer)?.[1];
  if (client !== undefined && jwksUri === `https://api.workos.com/sso/jwks/${client}`) return false;
  return [issuer, jwksUri]
    .map(hostOf)
    .some((host) => sharedHosts.includes(host) || sharedDomains.some((domain) => host.endsWith(domain)));
};

/** Issuers were once names without a scheme. */
const hostOf = (address: string): string => {
  const url = address.includes('://') ? address : `https://${address}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
};

/** An issuer that is a pattern, or stands for every tenant: no token has it, or those of strangers do. */
export const isForEveryTenant = (issuer: string): boolean =>
  /[{}*]/.test(issuer) ||
  /^https:\/\/login\.microsoftonline\.[a-z]+\/(?:common|organizations|consumers)(?:\/|$)/.test(issuer);
