/** Whatever comes from the network, or from the command line by mistake, is printed without the tokens in it. */
import { withoutPasses } from '../../protocol/reentry-pass.ts';

/** A signed or encrypted token begins with `{"` in base64url; what is left of one that was cut does, too. */
const tokens = /eyJ[\w-]{5,}(?:\.[\w.=-]*)?/g;

/** A shorter one is none, and taking it out would leave nothing of the words. */
const minSecretChars = 8;

/** Takes `secrets` out, which may have any shape, and everything of a token's or a re-entry pass's shape. */
export const withoutTokens =
  (secrets: readonly string[]) =>
  (text: string): string =>
    withoutPasses(
      secrets
        .filter((secret) => secret.length >= minSecretChars)
        .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
        .reduce((rest, secret) => rest.replaceAll(secret, '[token]'), text)
        .replace(tokens, '[token]'),
    );

/** The same of an error's message, whatever kind of error it is. */
export const errorWithoutTokens = (error: unknown, clean: (text: string) => string): unknown => {
  if (error instanceof Error) error.message = clean(error.message);
  return error;
};
