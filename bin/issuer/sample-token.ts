/** What the text of a token is, before anything in it is believed. No line quotes the text. */

type Json = Readonly<Record<string, unknown>>;

/** A token in its two readable parts, or why it is none that the gateway could verify, in one sentence. */
export type SampleToken = Readonly<{
  text: string;
  unverifiedHeader: Json;
  unverifiedPayload: Json;
  /** Its JSON, for how a number is written. */
  payloadText: string;
}>;

export const readSampleToken = (content: string): SampleToken | Readonly<{ isNoToken: string }> => {
  const text = content
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^Bearer\s+/i, '');
  if (text === '') return { isNoToken: 'It is empty.' };
  if (text.startsWith('{'))
    return { isNoToken: 'It is JSON, such as an answer of a token endpoint: give the access_token alone.' };
  if (/\s/.test(text)) return { isNoToken: 'It is more than one word: give the token alone.' };
  const parts = text.split('.');
  if (parts.length === 5)
    return {
      isNoToken:
        'It is encrypted (a JWE, of five parts), so that only whom it is for can read it. Ask for a token of your own API: Auth0 encrypts where no audience is asked for, authentik where an encryption key is set.',
    };
  if (parts.length !== 3)
    return {
      isNoToken:
        'It is opaque: no JWT, so that there is nothing to verify. Many providers give a JWT where an audience, resource or API is asked for, or have a setting for the kind of access token.',
    };
  const [unverifiedHeader, unverifiedPayload] = parts.map(jsonOf);
  const payloadText = textIn(parts[1] ?? '');
  if (unverifiedHeader === undefined || unverifiedPayload === undefined)
    return { isNoToken: 'It has three parts and is no JWT: header and payload are not JSON in base64url.' };
  return { text, unverifiedHeader, unverifiedPayload, payloadText };
};

const textIn = (part: string): string => Buffer.from(part, 'base64url').toString();

const jsonOf = (part: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(textIn(part));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
