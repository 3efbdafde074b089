/** Tokens nobody has signed, or somebody with another key, another algorithm or another signature. */
import { constants, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { goodClaims, type SigningKey, tokenOf } from '../identity/tokens.ts';
import { type Attack, encoded, goodPayload, harmless, type Party, refused, refusedUnasked } from './attack.ts';

export const forgedSignatures = (who: Party): readonly Attack[] => [
  ...withoutAlgorithm(who),
  ...publicKeyAsSecret(who),
  ...otherAlgorithm(who),
  ...otherSignature(who),
];

const withoutAlgorithm = ({ ed }: Party): readonly Attack[] => [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', 'ｎｏｎｅ', 'none\u0000'].flatMap((alg) => {
    const input = encoded({ alg, kid: 'ed' });
    const name = `alg ${JSON.stringify(alg)}`;
    const saysSo = alg.toLowerCase() === 'none' ? 'signature_bad' : undefined;
    return [
      refusedUnasked(`${name}, an empty signature`, `${input}.`, saysSo ?? 'token_malformed'),
      refusedUnasked(`${name}, no signature at all`, input, saysSo ?? 'token_malformed'),
      refusedUnasked(`${name}, any signature`, `${input}.AAAA`, saysSo ?? 'algorithm_refused'),
      refusedUnasked(
        `${name}, the issuer's own signature`,
        tokenOf(ed, { header: { alg } }),
        saysSo ?? 'algorithm_refused',
      ),
    ];
  }),
  refusedUnasked('alg missing', tokenOf(ed, { header: { alg: undefined } }), 'algorithm_refused'),
  refusedUnasked('alg empty', tokenOf(ed, { header: { alg: '' } }), 'algorithm_refused'),
  refusedUnasked('alg null', tokenOf(ed, { header: { alg: null } }), 'token_malformed'),
  refusedUnasked('alg in a list', tokenOf(ed, { header: { alg: ['EdDSA'] } }), 'token_malformed'),
  refusedUnasked('alg an object', tokenOf(ed, { header: { alg: { toString: 'EdDSA' } } }), 'token_malformed'),
  refusedUnasked('alg __proto__', tokenOf(ed, { header: { alg: '__proto__' } }), 'algorithm_refused'),
  refusedUnasked('alg constructor', tokenOf(ed, { header: { alg: 'constructor' } }), 'algorithm_refused'),
  refusedUnasked('alg in lower case', tokenOf(ed, { header: { alg: 'eddsa' } }), 'algorithm_refused'),
  // RFC 9864 gave the algorithm this name, and the key may have the other one.
  harmless('the curve for an algorithm', tokenOf(ed, { header: { alg: 'Ed25519' } })),
  refusedUnasked('another curve for an algorithm', tokenOf(ed, { header: { alg: 'Ed448' } }), 'algorithm_refused'),
];

/** Everything a verifier that lets the token choose might take for the shared secret. */
const publicKeyAsSecret = ({ rsa, ec, ed }: Party): readonly Attack[] =>
  [rsa, ec, ed].flatMap((key) => {
    const published = createPublicKey({ key: { ...key.jwk }, format: 'jwk' });
    const pem = published.export({ format: 'pem', type: 'spki' }).toString();
    const secrets: Readonly<Record<string, string | Buffer>> = {
      PEM: pem,
      'PEM without its last line break': pem.trim(),
      DER: published.export({ format: 'der', type: 'spki' }),
      JWK: JSON.stringify(key.jwk),
      'first JWK value': Buffer.from(key.jwk.n ?? key.jwk.x ?? '', 'base64url'),
      'empty secret': '',
    };
    return Object.entries(secrets).flatMap(([form, secret]) => [
      ...['HS256', 'HS384', 'HS512'].map((alg) =>
        refusedUnasked(
          `${alg} with the ${key.kid} key's ${form}`,
          macOf(alg, alg, key.kid, secret),
          'algorithm_refused',
        ),
      ),
      refused(
        `${key.alg} said, HMAC meant, with the ${key.kid} key's ${form}`,
        macOf('HS256', key.alg, key.kid, secret),
        'signature_bad',
      ),
    ]);
  });

const macOf = (mac: string, alg: string, kid: string, secret: string | Buffer): string => {
  const input = encoded({ alg, kid });
  return `${input}.${createHmac(`sha${mac.slice(2)}`, secret)
    .update(input)
    .digest('base64url')}`;
};

const otherAlgorithm = ({ rsa, ec, ed, attacker, attackerRsa }: Party): readonly Attack[] => [
  refusedUnasked('PS256 with the RSA key', pssToken(rsa, 'PS256'), 'algorithm_refused'),
  refused('a PSS signature called RS256', pssToken(rsa, 'RS256'), 'signature_bad'),
  refusedUnasked('RS512, which the issuer does not use', tokenOf({ ...rsa, alg: 'RS512' }), 'algorithm_refused'),
  refused(
    'an RS512 signature called RS256',
    tokenOf({ ...rsa, alg: 'RS512' }, { header: { alg: 'RS256' } }),
    'signature_bad',
  ),
  refusedUnasked('ES384 with the P-256 key', tokenOf({ ...ec, alg: 'ES384' }), 'algorithm_refused'),
  refusedUnasked('ES256K, the curve of the coins', tokenOf(ec, { header: { alg: 'ES256K' } }), 'algorithm_refused'),
  refused('RS256 with the EC key', tokenOf(ec, { header: { alg: 'RS256' } }), 'key_unfit'),
  refused('ES256 with the RSA key', tokenOf(rsa, { header: { alg: 'ES256' } }), 'key_unfit'),
  refused('EdDSA with the RSA key', tokenOf(rsa, { header: { alg: 'EdDSA' } }), 'key_unfit'),
  refused('RS256 with the Edwards key', tokenOf(ed, { header: { alg: 'RS256' } }), 'key_unfit'),
  // Node verifies by the key's type, whatever the name of the algorithm: ECDSA over SHA-256 under either name.
  refused(
    'RS256 with an EC key that does not say what it is for',
    tokenOf(ec, { header: { alg: 'RS256', kid: 'ec-bare' } }),
    'key_unfit',
  ),
  refused(
    'ES256 with an RSA key that does not say what it is for',
    tokenOf(rsa, { header: { alg: 'ES256', kid: 'rsa-bare' } }),
    'key_unfit',
  ),
  refused("the attacker's key under the issuer's id", tokenOf(attacker), 'signature_bad'),
  refused("the attacker's RSA key under the issuer's id", tokenOf(attackerRsa), 'signature_bad'),
];

const pssToken = ({ privateKey }: SigningKey, alg: string): string => {
  const input = encoded({ alg, kid: 'rsa' });
  const key = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
};

const otherSignature = ({ rsa, ec, ed }: Party): readonly Attack[] => [
  ...[rsa, ec, ed].flatMap((key) => {
    const token = tokenOf(key);
    return [
      refused(`${key.alg}: the payload of another user`, withPayload(token, { sub: 'u-2' }), 'signature_bad'),
      refused(
        `${key.alg}: a signature of zeros`,
        withSignature(token, (bytes) => bytes.fill(0)),
        'signature_bad',
      ),
      refused(
        `${key.alg}: a signature a byte short`,
        withSignature(token, (s) => s.subarray(1)),
        'signature_bad',
      ),
      refused(
        `${key.alg}: a signature a zero longer`,
        withSignature(token, (s) => Buffer.concat([s, Buffer.alloc(1)])),
        'signature_bad',
      ),
      refused(
        `${key.alg}: another token's signature`,
        `${encoded({ alg: key.alg, kid: key.kid }, '{}')}.${signatureOf(token)}`,
        'issuer_unknown',
        0,
      ),
    ];
  }),
  refused(
    'ES256: r and s of the group order',
    withSignature(tokenOf(ec), () => twice(p256Order)),
    'signature_bad',
  ),
  refused(
    'ES256: r of zero, s of one',
    withSignature(tokenOf(ec), () => Buffer.concat([Buffer.alloc(63), Buffer.from([1])])),
    'signature_bad',
  ),
  refused('ES256: the signature in DER', derToken(ec), 'signature_bad'),
  // Whoever holds a token can write its ECDSA signature in a second way: the same token, the same user.
  harmless('ES256: the other s of the same signature', withSignature(tokenOf(ec), otherS)),
  refused('EdDSA: s plus the group order', withSignature(tokenOf(ed), sPlusOrder), 'signature_bad'),
  refused('RS256: the signature plus the modulus', withSignature(tokenOf(rsa), plusModulus(rsa)), 'signature_bad'),
  refused(
    'a signature over another header',
    reheaded(tokenOf(ed), { alg: 'EdDSA', kid: 'ed', typ: 'at+jwt' }),
    'signature_bad',
  ),
];

const signatureOf = (token: string): string => token.split('.')[2] ?? '';
const withSignature = (token: string, change: (bytes: Buffer) => Buffer): string => {
  const [header, payload, signature = ''] = token.split('.');
  return `${header}.${payload}.${change(Buffer.from(signature, 'base64url')).toString('base64url')}`;
};
const withPayload = (token: string, claims: object): string => {
  const [header, , signature] = token.split('.');
  return `${header}.${Buffer.from(JSON.stringify({ ...goodClaims, ...claims })).toString('base64url')}.${signature}`;
};
const reheaded = (token: string, header: object): string => `${encoded(header, goodPayload)}.${signatureOf(token)}`;

const derToken = ({ privateKey, kid }: { privateKey: KeyObject; kid: string }): string => {
  const input = encoded({ alg: 'ES256', kid });
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
};

// The group orders: SEC 2, section 2.4.2 (P-256); RFC 8032, section 5.1 (Ed25519).
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ed25519Order = 2n ** 252n + 27742317777372353535851937790883648493n;

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const bytesOf = (number: bigint, length: number): Buffer =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
const twice = (number: bigint): Buffer => Buffer.concat([bytesOf(number, 32), bytesOf(number, 32)]);
const otherS = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, 32), bytesOf(p256Order - numberOf(bytes.subarray(32)), 32)]);
// Little-endian, unlike everything else here.
const sPlusOrder = (bytes: Buffer): Buffer => {
  const s = numberOf(Buffer.from(bytes.subarray(32)).reverse());
  return Buffer.concat([bytes.subarray(0, 32), bytesOf(s + ed25519Order, 32).reverse()]);
};
const plusModulus =
  ({ jwk: { n = '' } }: SigningKey) =>
  (bytes: Buffer): Buffer =>
    bytesOf(numberOf(bytes) + numberOf(Buffer.from(n, 'base64url')), bytes.length + 1);
