/** Where a client can put a text, and what must come of any text there. */
import type { ErrorReason, RefusalReason } from '../../protocol/reasons.ts';
import { base64url, type SigningKey, signTexts } from '../identity/tokens.ts';
import type { platform } from '../memory/platform.ts';
import { startMs } from '../memory/world.ts';
import { issuer } from './hostile-scene.ts';

type Door = ReturnType<typeof platform>;
/** How the conversation goes on: refused at the handshake, refused and closed, seated, or seated and answered. */
export type Answer =
  | 'handshake refused'
  | RefusalReason
  | 'auth_success'
  | Readonly<{ error: ErrorReason; id?: string }>;

export type Place = Readonly<{
  where: string;
  /** The whole conversation with this text in this place. */
  say: (door: Door, text: string, key: SigningKey) => Promise<unknown>;
  answerTo: (text: string) => Answer;
}>;

export const tokenOf = (key: SigningKey, header: object = {}, claims: object = {}): string => {
  const seconds = startMs / 1000;
  const said = { iss: issuer.issuer, aud: 'maitred-demo', sub: 'u-chef', iat: seconds, exp: seconds + 3_600 };
  return signTexts(
    key,
    JSON.stringify({ alg: key.alg, kid: key.kid, ...header }),
    JSON.stringify({ ...said, ...claims }),
  );
};
