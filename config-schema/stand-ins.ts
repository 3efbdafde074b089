/** What stands in a configuration for a text that only a deployment knows. Names below "invalid" are nobody's, ever (RFC 6761). */
export const standIn = (index: number): string => `deploy-time-${index}.invalid`;

type Texts = Readonly<{ issuer: string; jwksUri: string; audience: 'issuer' | readonly string[] }>;

/** Whether the whole entry of an issuer lies in the environment. */
export const isKnownAtDeployment = ({ issuer, jwksUri, audience }: Texts): boolean =>
  [issuer, jwksUri, ...audience].some((text) => /deploy-time-\d+\.invalid/.test(text));
