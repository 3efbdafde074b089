/** A key endpoint on loopback that says what the test wants and counts who asks, over the fetch that is deployed. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchJson } from '../../lambdas/identity/fetch-json.ts';
import type { Issuer } from '../../config-schema/issuer.ts';
import { type FetchJson, signingKeys } from '../../lambdas/identity/signing-keys.ts';
import { verifyToken } from '../../lambdas/identity/verify-token.ts';
import { demoIssuer } from '../identity/tokens.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

export type KeyEndpoint = Readonly<{
  origin: string;
  /** The path of every request that arrived. */
  asked: string[];
  answerWith: (answer: RequestListener) => void;
  /** From now on nobody listens there. */
  stop: () => Promise<void>;
  /** Listens there again. */
  start: () => Promise<void>;
}>;

export const publishing =
  (...keys: readonly unknown[]): RequestListener =>
  (_, response) =>
    response.end(JSON.stringify({ keys }));
export const status =
  (code: number): RequestListener =>
  (_, response) =>
    response.writeHead(code).end('{"keys":[]}');
export const silent: RequestListener = () => undefined;
export const hangingUp: RequestListener = (request) => request.socket.destroy();

export const keyEndpoint = async (first: RequestListener): Promise<KeyEndpoint> => {
  let answer = first;
  const asked: string[] = [];
  // Longer than any test: a connection closed under a request would look like an endpoint in trouble.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    answerWith: (next) => {
      answer = next;
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    start: async () => {
      await listen(port);
    },
  };
};

/** The demo issuer with its keys at that endpoint. */
export const issuerAt = ({ origin }: Pick<KeyEndpoint, 'origin'>, also: Partial<Issuer> = {}): Issuer => ({
  ...demoIssuer,
  jwksUri: `${origin}/jwks.json`,
  ...also,
});

/** The deployed verifier as a new sandbox has it, without any key; `fetched` collects every URL it fetches. */
export const freshVerifier = (issuers: readonly Issuer[], now: () => number) => {
  const fetched: string[] = [];
  const countedFetch: FetchJson = (url) => {
    fetched.push(url);
    return fetchJson(url);
  };
  return {
    verify: verifyToken({ findKey: signingKeys(countedFetch, now), domain: restaurantDomain, now }, issuers),
    fetched,
  };
};
