/** Text that is no compact token, and other spellings of one that is. */

import { CompactEncrypt } from 'jose';
import { base64url, signTexts, tokenOf } from '../identity/tokens.ts';
import { type Attack, goodPayload, harmless, type Party, refused, refusedUnasked } from './attack.ts';

export const oddSpellings = async (who: Party): Promise<readonly Attack[]> => [
  ...(await otherShapes(who)),
  ...otherBytes(who),
  ...sameToken(who),
];

const otherShapes = async ({ rsa, ed }: Party): Promise<readonly Attack[]> => {
  const token = tokenOf(ed);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const encrypted = await new CompactEncrypt(new TextEncoder().encode(token))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: 'rsa' })
    .encrypt({ ...rsa.jwk, alg: 'RSA-OAEP-256', use: 'enc' });
  const flattened = { protected: header, payload, signature };
  return Object.entries({
    'an encrypted token for the published key': encrypted,
    'five parts': `${token}.${payload}.${signature}`,
    'four parts, the last one empty': `${token}.`,
    'an empty part before it': `.${token}`,
    'the JSON serialization': JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    'the flattened JSON serialization': JSON.stringify(flattened),
    'the JSON serialization, encoded': base64url(JSON.stringify(flattened)),
    'a detached payload': `${header}..${signature}`,
    'the token in quotes': JSON.stringify(token),
    'a scheme before it': `Bearer ${token}`,
    'two tokens': `${token},${token}`,
    'an opaque token': 'b3BhcXVl',
  }).map(([why, text]) => refusedUnasked(why, text, 'token_malformed'));
};

const otherBytes = ({ ed }: Party): readonly Attack[] => {
  const token = tokenOf(ed);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = (headerText: string, payloadText: string) => signTexts(ed, headerText, payloadText);
  const goodHeader = '{"alg":"EdDSA","kid":"ed"}';
  return [
    ...Object.entries({
      'a space before it': ` ${token}`,
      'a space after it': `${token} `,
      'a line break after it': `${token}\n`,
      'a carriage return and a line break after it': `${token}\r\n`,
      'a tab in it': `${header}\t.${payload}.${signature}`,
      'line breaks in it, as in mail': token.replace(/.{64}/g, '$&\n'),
      'a NUL after it': `${token}\u0000`,
      'a byte order mark before it': `\ufeff${token}`,
      'percent signs': token.replaceAll('.', '%2E'),
      'the other alphabet': `${header}.${payload}.${signature.slice(0, -2)}+/`,
      'full stops of another script': token.replaceAll('.', '．'),
      'three paddings': `${token}===`,
      'padding in the middle': `${header}.${payload}.${signature.slice(0, 4)}=${signature.slice(4)}`,
      'a header behind a byte order mark': signed(`\ufeff${goodHeader}`, goodPayload),
      'a header with a comment': signed(`${goodHeader}//`, goodPayload),
      'a header of two objects': signed(goodHeader + goodHeader, goodPayload),
      'a header of null': signed('null', goodPayload),
      'a header in a list': signed(`[${goodHeader}]`, goodPayload),
      'a payload of null': signed(goodHeader, 'null'),
      'a payload in a list': signed(goodHeader, `[${goodPayload}]`),
      'a payload of text': signed(goodHeader, JSON.stringify(goodPayload)),
      'a payload with a NUL after it': signed(goodHeader, `${goodPayload}\u0000`),
      'a payload cut short': signed(goodHeader, goodPayload.slice(0, -1)),
      'a header nested without end': signed('['.repeat(100_000), goodPayload),
      'a payload nested without end': signed(goodHeader, '{"a":'.repeat(100_000)),
    }).map(([why, text]) => refusedUnasked(why, text, 'token_malformed')),
    refused('padding within what was signed', `${header}=.${payload}.${signature}`, 'signature_bad'),
    harmless('white space around the JSON that was signed', signed(` ${goodHeader}\n`, `\t${goodPayload} `)),
  ];
};

/** These decode to the same bytes. Nothing keeps or compares a token's text, so it does not matter that they pass. */
export const sameToken = ({ ed, rsa, ec }: Party): readonly Attack[] =>
  [ed, rsa, ec].flatMap((key) => {
    const token = tokenOf(key);
    return [
      harmless(`${key.alg}: a padding`, `${token}=`),
      harmless(`${key.alg}: two paddings`, `${token}==`),
      harmless(`${key.alg}: the spare bits of the last character`, withSpareBits(token)),
    ];
  });

// 64 and 256 bytes leave one byte over: its second character holds two bits, and four that nobody reads.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const withSpareBits = (token: string): string =>
  token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.slice(-1)) + 1);
