/** Genuine signatures under claims that are missing, hostile, out of time or meant for somebody else. */
import { goodIdentity, nowMs, nowSeconds, signTexts, tokenOf } from '../identity/tokens.ts';
import { type Attack, goodPayload, harmless, outOfTime, type Party, refused, refusedUnasked } from './attack.ts';

export const forgedClaims = (who: Party): readonly Attack[] => [
  ...times(who),
  ...audiences(who),
  ...issuers(who),
  ...uses(who),
  ...users(who),
];

/** The good claims with one written as raw JSON, so that it may be any number, or twice. */
const raw = ({ ed }: Party, name: string, literal: string): string =>
  signTexts(ed, '{"alg":"EdDSA","kid":"ed"}', goodPayload.replace(/}$/, `,"${name}":${literal}}`));
/** The same, with no other user. */
const rawUser = ({ ed }: Party, literal: string): string =>
  signTexts(ed, '{"alg":"EdDSA","kid":"ed"}', goodPayload.replace('"u-1"', literal));
const without = ({ ed }: Party, name: string): string => tokenOf(ed, { claims: { [name]: undefined } });

/** What is no number at all does not get as far as a key. */
const noNumbers = {
  null: 'null',
  'an empty text': '""',
  'a number as text': `"${nowSeconds + 60}"`,
  true: 'true',
  'a list': `[${nowSeconds + 60}]`,
  'an object': '{"valueOf":1900000000}',
  'more than a double holds': '1e999',
  'less than a double holds': '-1e999',
  NaN: 'NaN',
  hexadecimal: '0x7fffffff',
};

const times = (who: Party): readonly Attack[] => [
  ...(['exp', 'iat', 'nbf'] as const).flatMap((name) =>
    Object.entries(noNumbers).map(([why, literal]) =>
      refusedUnasked(`${name} of ${why}`, raw(who, name, literal), 'token_malformed'),
    ),
  ),
  refused('no exp', without(who, 'exp'), 'expiry_missing'),
  refused('exp of -1', raw(who, 'exp', '-1'), 'expiry_missing'),
  refused('exp that makes no date', raw(who, 'exp', '-1e300'), 'expiry_missing'),
  refused('exp of 1e300', raw(who, 'exp', '1e300'), 'expiry_missing'),
  refused('exp of the largest double', raw(who, 'exp', '1.7976931348623157e308'), 'expiry_missing'),
  refused('exp one second after the last date', raw(who, 'exp', '8640000000001'), 'expiry_missing'),
  refused('exp of 2^53', raw(who, 'exp', '9007199254740992'), 'expiry_missing'),
  refused('exp of the last date', raw(who, 'exp', '8640000000000'), 'expiry_too_far'),
  refused('exp in milliseconds', raw(who, 'exp', String(nowMs + 60_000)), 'expiry_too_far'),
  refused(
    'exp a moment more than a day and a minute ahead',
    raw(who, 'exp', `${nowSeconds + 86_460}.001`),
    'expiry_too_far',
  ),
  outOfTime('exp of 0', raw(who, 'exp', '0'), 'expired'),
  outOfTime('exp of -0', raw(who, 'exp', '-0'), 'expired'),
  outOfTime('exp of the smallest double', raw(who, 'exp', '5e-324'), 'expired'),
  outOfTime('exp this very second', raw(who, 'exp', String(nowSeconds)), 'expired'),
  outOfTime('exp a moment ago: no skew is granted', raw(who, 'exp', `${nowSeconds - 1}.999`), 'expired'),
  outOfTime('exp twice, the past last', raw(who, 'exp', '1'), 'expired'),
  harmless('exp as a fraction', raw(who, 'exp', `${nowSeconds}.5`), { ...goodIdentity, expiresAtMs: nowMs + 500 }),
  harmless('exp with an exponent', raw(who, 'exp', `${nowSeconds + 60}e0`), {
    ...goodIdentity,
    expiresAtMs: nowMs + 60_000,
  }),
  refused('no iat', without(who, 'iat'), 'issued_at_missing'),
  refused('iat of -1', raw(who, 'iat', '-1'), 'issued_at_missing'),
  refused('iat of -1e300', raw(who, 'iat', '-1e300'), 'issued_at_missing'),
  refused('iat of 1e300', raw(who, 'iat', '1e300'), 'issued_at_missing'),
  outOfTime('iat in milliseconds', raw(who, 'iat', String(nowMs)), 'issued_in_future'),
  outOfTime('iat a moment beyond the skew', raw(who, 'iat', `${nowSeconds + 60}.001`), 'issued_in_future'),
  harmless('iat of 0: old, and not over yet', raw(who, 'iat', '0'), { ...goodIdentity, issuedAtMs: 0 }),
  refused('nbf of -1', raw(who, 'nbf', '-1'), 'not_yet_valid'),
  refused('nbf of -1e300', raw(who, 'nbf', '-1e300'), 'not_yet_valid'),
  refused('nbf of 1e300', raw(who, 'nbf', '1e300'), 'not_yet_valid'),
  outOfTime('nbf a moment beyond the skew', raw(who, 'nbf', `${nowSeconds + 60}.001`), 'not_yet_valid'),
  harmless('nbf of 0', raw(who, 'nbf', '0')),
];

const audiences = (who: Party): readonly Attack[] => [
  refused('no audience', without(who, 'aud'), 'audience_wrong'),
  ...Object.entries({ 'an empty text': '""', 'no one': '[]', another: '"other"', 'several others': '["a","b"]' }).map(
    ([why, literal]) => refused(`an audience of ${why}`, raw(who, 'aud', literal), 'audience_wrong'),
  ),
  refused('an audience of a list as text', raw(who, 'aud', '"[\\"maitred-demo\\"]"'), 'audience_wrong'),
  refused('an audience with a NUL after it', raw(who, 'aud', '"maitred-demo\\u0000"'), 'audience_wrong'),
  refused('an audience with a space after it', raw(who, 'aud', '"maitred-demo "'), 'audience_wrong'),
  refused('an audience that only begins like ours', raw(who, 'aud', '"maitred-demo.evil"'), 'audience_wrong'),
  refused('an audience of __proto__', raw(who, 'aud', '"__proto__"'), 'audience_wrong'),
  harmless('a list in which one is ours', raw(who, 'aud', '["other","maitred-demo","more"]')),
  // What else such a list holds is for whom it concerns.
  harmless('a list of mixed types in which one is ours', raw(who, 'aud', '["maitred-demo",0]')),
  harmless('a list with null in which one is ours', raw(who, 'aud', '["maitred-demo",null]')),
  ...Object.entries({
    'a list in a list': '[["maitred-demo"]]',
    'a list of numbers': '[0]',
    'an object': '{"0":"maitred-demo","length":1}',
    'a number': '0',
    null: 'null',
    true: 'true',
  }).map(([why, literal]) => refused(`an audience of ${why}`, raw(who, 'aud', literal), 'audience_wrong')),
];

/** The second issuer trusts another key under the same id; both are configured. */
const issuers = (who: Party): readonly Attack[] => [
  refused("the other issuer's key under our issuer's name", tokenOf(who.other), 'signature_bad'),
  refused("our issuer's key under the other's name", tokenOf(who.ed, { claims: staff }), 'signature_bad'),
  refused(
    "the other issuer's token for our audience",
    tokenOf(who.other, { claims: { iss: staff.iss } }),
    'audience_wrong',
  ),
  refused(
    "our issuer's token for the other's audience",
    tokenOf(who.ed, { claims: { aud: staff.aud } }),
    'audience_wrong',
  ),
  refusedUnasked(
    'the other name with an algorithm it does not use',
    tokenOf(who.rsa, { claims: staff }),
    'algorithm_refused',
  ),
  refusedUnasked(
    'a pool that is not configured',
    tokenOf(who.other, { claims: { iss: `${staff.iss}2` } }),
    'issuer_unknown',
  ),
  refusedUnasked('no issuer', without(who, 'iss'), 'issuer_unknown'),
  ...Object.entries({
    'a slash after it': 'https://issuer.example/',
    'capitals in it': 'https://Issuer.example',
    'its port': 'https://issuer.example:443',
    'a user before it': 'https://issuer.example@attacker.example',
    'a letter that looks the same': 'https://іssuer.example',
    'full-width letters': 'https://ｉssuer.example',
    'an invisible letter in it': 'https://issuer\u200b.example',
    'a NUL after it': 'https://issuer.example\u0000',
    'text that runs the other way': '\u202ehttps://issuer.example',
    'a line break after it': 'https://issuer.example\n',
    'an empty text': '',
    __proto__: '__proto__',
  }).map(([why, iss]) => refusedUnasked(`an issuer of ${why}`, tokenOf(who.ed, { claims: { iss } }), 'issuer_unknown')),
  refusedUnasked(
    'an issuer of a list',
    tokenOf(who.ed, { claims: { iss: ['https://issuer.example'] } }),
    'token_malformed',
  ),
  refusedUnasked('an issuer twice, another last', raw(who, 'iss', '"https://attacker.example"'), 'issuer_unknown'),
  harmless('its own name, written with escapes', raw(who, 'iss', '"https:\\/\\/issuer\\u002eexample"')),
];

/** How the second issuer is configured: access tokens of one client of a user pool. */
export const staff = { iss: 'https://pool.example/staff', aud: 'unused', client_id: 'client-1', token_use: 'access' };

const uses = ({ other }: Party): readonly Attack[] => {
  const said = (claims: object) => tokenOf(other, { claims: { ...staff, aud: undefined, ...claims } });
  return [
    harmless('an access token of the pool', said({}), { ...goodIdentity, issuer: 'staff' }),
    refused(
      'an id token of the pool',
      said({ client_id: undefined, aud: 'client-1', token_use: 'id' }),
      'audience_wrong',
    ),
    refused('an id token that names the client', said({ token_use: 'id' }), 'token_use_wrong'),
    refused('no use', said({ token_use: undefined }), 'token_use_wrong'),
    refused('a use in a list', said({ token_use: ['access'] }), 'token_use_wrong'),
    refused('a use in capitals', said({ token_use: 'ACCESS' }), 'token_use_wrong'),
    refused('a refresh token', said({ token_use: 'refresh' }), 'token_use_wrong'),
    refused('another client of the pool', said({ client_id: 'client-2' }), 'audience_wrong'),
    refused('a client as audience only', said({ client_id: undefined, aud: 'client-1' }), 'audience_wrong'),
    refused('clients in a list in a list', said({ client_id: [['client-1']] }), 'audience_wrong'),
    refused('a client of an object', said({ client_id: { 0: 'client-1' } }), 'audience_wrong'),
  ];
};

const users = (who: Party): readonly Attack[] => [
  refused('no user', without(who, 'sub'), 'user_claim_unusable'),
  ...Object.entries({
    zero: '0',
    'an empty text': '',
    'a padded zero': '00',
    'a space': 'u 1',
  }).map(([why, sub]) => refused(`a user of ${why}`, tokenOf(who.ed, { claims: { sub } }), 'user_claim_unusable')),
  refused('a user beyond ASCII', tokenOf(who.ed, { claims: { sub: 'u-１' } }), 'user_claim_unusable'),
  ...Object.entries({
    '0, a number': '0',
    '-0, a number': '-0',
    'a number below zero': '-17',
    'a number with a point': '17.0',
    'a number with an exponent': '1.7e1',
    'a number that a double cannot tell from the next': '9007199254740993',
    'a number beyond every double': '1e999',
    'a list': '["u-1"]',
    'a list of a number': '[17]',
    null: 'null',
    true: 'true',
    'an object': '{"toString":"u-1"}',
  }).map(([why, literal]) => refused(`a user of ${why}`, rawUser(who, literal), 'user_claim_unusable')),
  harmless('a user of a number, as a user id is written', rawUser(who, '17'), { ...goodIdentity, userId: '17' }),
  refused('a user of a number that is there twice', raw(who, 'sub', '17'), 'user_claim_unusable'),
  harmless('a user twice: the last one, who signed it meant it', raw(who, 'sub', '"u-2"'), {
    ...goodIdentity,
    userId: 'u-2',
  }),
  // A numeric form is somebody else's spelling in a frame; in a signed token it is the issuer's word.
  harmless('a user whose issuer calls it 1e0', raw(who, 'sub', '"1e0"'), { ...goodIdentity, userId: '1e0' }),
  harmless('a prototype of its own', raw(who, '__proto__', '{"sub":"u-2","aud":"other"}')),
  harmless('a constructor of its own', raw(who, 'constructor', '{"prototype":{"sub":"u-2"}}')),
];
