/** Real tokens of the shapes that identity providers document: gaps are filled with keys and times that are made here. */
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { TokenShape } from '../issuer-fixtures.ts';
import { nowSeconds } from './tokens.ts';

type Fields = Readonly<Record<string, unknown>>;
type Pair = Readonly<{ publicKey: KeyObject; privateKey: KeyObject }>;

const makers: Readonly<Record<string, () => Pair>> = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ec384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ec521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: () => generateKeyPairSync('ed25519'),
};

const pairs = new Map<string, Pair>();
const pairOf = (name: string): Pair => {
  const made = pairs.get(name) ?? makers[name.split(':')[0] ?? '']?.();
  if (made === undefined) throw new Error(`no pair is called ${name}`);
  pairs.set(name, made);
  return made;
};

/** `<rsa:a:n>` is the modulus of the pair `rsa:a`; `@-30` is thirty seconds ago. Anything else stands for itself. */
export const filled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)]));
  if (typeof value !== 'string') return value;
  const [, pair, member] = /^<(\w+:\w+):(\w+)>$/.exec(value) ?? [];
  if (pair !== undefined && member !== undefined) {
    const jwk: Fields = { ...pairOf(pair).publicKey.export({ format: 'jwk' }) };
    return jwk[member];
  }
  const [, seconds] = /^@([+-]\d+)$/.exec(value) ?? [];
  return seconds === undefined ? value : nowSeconds + Number(seconds);
};

const encoded = (fields: Fields): string => Buffer.from(JSON.stringify(fields)).toString('base64url');

/** The token of a shape. Its algorithm is what its header says, whatever that is for a key. */
export const shaped = (
  { sign: signer, header, payload }: TokenShape,
  saltLength: number = constants.RSA_PSS_SALTLEN_DIGEST,
): string => {
  const input = `${encoded(header)}.${encoded(Object(filled(payload)))}`;
  return `${input}.${signatureOf(signer, String(header['alg']), input, saltLength)}`;
};

const signatureOf = (signer: string, alg: string, input: string, saltLength: number): string => {
  if (signer === 'none') return '';
  if (signer === 'zeros') return Buffer.alloc(64).toString('base64url');
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('HS')) return createHmac(hash, signer).update(input).digest('base64url');
  const { privateKey: key } = pairOf(signer);
  const bytes = Buffer.from(input);
  if (key.asymmetricKeyType === 'ed25519') return sign(null, bytes, key).toString('base64url');
  const padding = alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options =
    key.asymmetricKeyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key, padding, saltLength };
  return sign(hash, bytes, options).toString('base64url');
};

/** Every algorithm by which this signer could sign, but for what is the same algorithm under another name. */
export const otherAlgorithms = (signer: string, alg: string): readonly string[] => {
  const ofKind = signer.startsWith('rsa')
    ? ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
    : signer.startsWith('ec')
      ? ['ES256', 'ES384', 'ES512']
      : [];
  return [...ofKind, 'HS256', 'HS512', 'none'].filter((one) => one !== alg);
};
