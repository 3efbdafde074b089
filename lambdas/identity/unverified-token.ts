/** A token as it is written, taken apart and not verified. Judges the shape of what the rules go by, and of nothing else. */
import { scanObject } from '../../protocol/json/members.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export type UnverifiedToken = Readonly<{
  header: JsonObject;
  payload: JsonObject;
  /** The JSON text of the payload, for what parsing loses: how a number is written. */
  payloadText: string;
  /** What was signed. */
  signed: string;
  signature: string;
}>;

/** Three parts of base64url, none empty (RFC 7515, section 7.1). Padding at their ends is taken, as the library takes it. */
const compact = /^([\w-]+={0,2})\.([\w-]+={0,2})\.([\w-]+={0,2})$/;

/** Undefined for what is no signed token, or has a claim that the rules go by in a form that none has. */
export const readToken = (text: string): UnverifiedToken | undefined => {
  const [, headerPart, payloadPart, signature] = compact.exec(text) ?? [];
  if (headerPart === undefined || payloadPart === undefined || signature === undefined) return undefined;
  const header = objectIn(textIn(headerPart));
  const payloadText = textIn(payloadPart);
  const payload = objectIn(payloadText);
  if (header === undefined || payload === undefined) return undefined;
  const isSound =
    ['alg', 'kid'].every((name) => header[name] === undefined || typeof header[name] === 'string') &&
    (payload['iss'] === undefined || typeof payload['iss'] === 'string') &&
    ['exp', 'iat', 'nbf'].every((name) => payload[name] === undefined || Number.isFinite(payload[name]));
  return isSound ? { header, payload, payloadText, signed: `${headerPart}.${payloadPart}`, signature } : undefined;
};

/** The header, also of what is no token, such as one whose signature is empty. */
export const headerOf = (text: string): JsonObject => objectIn(textIn(text.split('.', 1)[0] ?? '')) ?? {};

const textIn = (part: string): string => Buffer.from(part, 'base64url').toString();

/** An object without the names that every object has: they are no claims of anybody's. */
const objectIn = (json: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__' && name !== 'constructor'));
  } catch {
    return undefined;
  }
};

/** A claim of one level as its JSON is written. None where the text can be read in two ways, as with a key that is there twice. */
export const claimAsWritten = ({ payloadText }: UnverifiedToken, name: string): string | undefined => {
  const read = scanObject(payloadText, Number.POSITIVE_INFINITY);
  return 'members' in read ? read.members.get(name)?.text : undefined;
};
