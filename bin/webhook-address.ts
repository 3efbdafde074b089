import { isLoopback } from '../config-schema/loopback.ts';
import { UsageError } from './command.ts';

/**
 * Where `npm start -- --webhook` posts to: this machine and nothing else, since what is posted are a restaurant's events, without TLS and
 * with no secret but what `--webhook-header` says. Throws `UsageError`.
 */
export const webhookAddress = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:')
    throw new UsageError(
      `--webhook is a URL that begins with http://, such as http://127.0.0.1:8000/hook; got ${text}`,
    );
  if (!isLoopback(url.hostname))
    throw new UsageError(
      `--webhook posts to this machine only (127.0.0.1, localhost or [::1]), got ${url.hostname}; a deployed stage reaches others by an API destination`,
    );
  return url.href;
};

/** A header by its name, in lower case, from how people write one. What is refused is not told: it may be a secret. Throws `UsageError`. */
export const webhookHeader = (text: string): Readonly<Record<string, string>> => {
  const [, name, value] = /^([\w-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(
      '--webhook-header is a name and a value with a colon between them, such as "x-maitred-key: secret"',
    );
  return { [name.toLowerCase()]: value };
};
