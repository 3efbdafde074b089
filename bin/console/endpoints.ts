import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Demo } from '../../console/rows.ts';
import type { OutboxTrail } from '../../local/outbox-trail.ts';
import { isRestaurantId, isIssuedUserId } from '../../protocol/identifiers.ts';
import { refusalOf } from './guard.ts';
import type { PageFile } from './page.ts';
import type { ConsoleState } from './state.ts';

export type ConsoleParts = Readonly<{
  page: ReadonlyMap<string, PageFile>;
  state: ConsoleState;
  outbox: Pick<OutboxTrail, 'records'>;
  demo: Demo;
  /** The gateway's own. */
  port: number;
  onError: (error: unknown) => void;
}>;

/** Answers what is asked of the console. False when the request is for something else on the same port. */
export type Console = (request: IncomingMessage, response: ServerResponse) => boolean;

const Revocation = v.object({
  restaurant: v.pipe(v.string(), v.check(isRestaurantId)),
  user: v.pipe(v.string(), v.check(isIssuedUserId)),
});

const maxBodyChars = 1024;
const prefix = '/console/';

/** Nothing from elsewhere, no frame around it, and sockets to this machine alone. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export const createConsole = ({ page, state, outbox, demo, port, onError }: ConsoleParts): Console => {
  const answers: Readonly<Record<string, (request: IncomingMessage) => Promise<Answer>>> = {
    'GET /console/demo': async () => ({ status: 200, body: demo }),
    'GET /console/connections': async () => ({ status: 200, body: await state.connections() }),
    'GET /console/audit': async () => ({ status: 200, body: await state.audit() }),
    'GET /console/outbox': async () => ({ status: 200, body: { records: outbox.records() } }),
    'POST /console/revoke': async (request) => {
      const asked = v.safeParse(Revocation, await jsonOf(request));
      if (!asked.success) return { status: 400, body: { error: 'restaurant_and_user_expected' } };
      const closed = await state.revoke(asked.output.restaurant, asked.output.user);
      return closed === 'not_a_member' ? { status: 404, body: { error: closed } } : { status: 200, body: { closed } };
    },
  };

  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const file = page.get(path);
    const isTokenRequest = path.startsWith('/issuer/') && request.method === 'POST';
    if (file === undefined && !path.startsWith(prefix) && !isTokenRequest) return false;
    const refusal = refusalOf(isTokenRequest ? 'GET' : request.method, request.headers, port);
    if (refusal !== undefined) {
      send(response, { status: 403, body: { error: refusal } });
      return true;
    }
    // The issuer answers for itself, to those who may ask.
    if (isTokenRequest) return false;
    if (file !== undefined) {
      response.writeHead(200, { ...headers, 'content-type': file.contentType }).end(file.body);
      return true;
    }
    const answer = answers[`${request.method} ${path}`];
    if (answer === undefined) {
      send(response, { status: 404, body: { error: 'not_found' } });
      return true;
    }
    answer(request).then(
      (one) => send(response, one),
      (error: unknown) => {
        onError(error);
        send(response, { status: 500, body: { error: 'failed' } });
      },
    );
    return true;
  };
};

type Answer = Readonly<{ status: number; body: unknown }>;

const send = (response: ServerResponse, { status, body }: Answer): void => {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** What a body says; undefined when it is no JSON or too long. */
const jsonOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maxBodyChars) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
