/** Which of an issuer's published keys the gateway can verify with, by its own rule, and why not with the others. */
import { isJwk } from 'aws-jwt-verify/jwk';
import { type Algorithm, algorithms } from '../../config-schema/issuer.ts';
import { keyProblem } from '../../lambdas/identity/key-rules.ts';
import { fieldOf } from './discovery.ts';
import { type Line, note, ok, refused, shown } from './report.ts';

/** `fits`: what a signature under it may be, with none where the key cannot be used. */
export type JudgedKey = Readonly<{ key: unknown; fits: readonly Algorithm[] }>;

export const judgeKey = (key: unknown): JudgedKey => ({ key, fits: isJson(key) && isKey(key) ? fitting(key) : [] });

export const lineOfKey = ({ key, fits }: JudgedKey): Line => {
  const member = (name: string): string => shownMember(fieldOf(key, name));
  const which = `kid ${member('kid')}, alg ${member('alg')}, kty ${member('kty')}, use ${member('use')}`;
  if (fits.length > 0) return ok(`${which}: fits ${fits.join(', ')}`);
  return note(`${which}: not used, ${reasonOf(key)}`);
};

/** Members of a key that nobody may publish (RFC 7518, section 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

/** What is wrong with the whole set, whichever keys fit. */
export const alarmsOf = (keys: readonly unknown[]): readonly Line[] =>
  keys.some((key) => privateMembers.some((name) => fieldOf(key, name) !== undefined))
    ? [refused('the set holds a private key or a shared secret, for everybody to read: replace it at once')]
    : [];

const shownMember = (value: unknown): string => (value === undefined ? '-' : shown(value));

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The package's own question, which takes what JSON text held. */
const isKey = (key: Json): boolean => isJwk(JSON.parse(JSON.stringify(key)));

const fitting = (key: Json): readonly Algorithm[] =>
  algorithms.filter((algorithm) => keyProblem(key, algorithm) === undefined);

/** The rule says only that a key is unfit. What it becomes fit without is the reason. */
const reasonOf = (key: unknown): string => {
  if (!isJson(key) || !isKey(key)) return 'it is malformed';
  const without = (...names: readonly string[]): boolean =>
    fitting(Object.fromEntries(Object.entries(key).filter(([name]) => !names.includes(name)))).length > 0;
  if (without('use')) return 'it is not for signatures (use)';
  if (without('key_ops')) return 'it does not say that it verifies (key_ops)';
  if (without('use', 'key_ops', 'alg'))
    return without('alg')
      ? `its algorithm ${shown(key['alg'])} is none that the gateway verifies`
      : 'it is not for signatures (alg, use)';
  switch (key['kty']) {
    case 'RSA':
      return 'it has fewer than 2048 bits, or an exponent that is none';
    case 'EC':
    case 'OKP':
      return `its curve ${shown(key['crv'])} is none that the gateway verifies`;
    case 'oct':
      return 'it is a shared secret';
    default:
      return 'its type is none that the gateway verifies';
  }
};
