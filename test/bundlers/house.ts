/** The gateway that they all talk to, and a server for the pages of those that are pages. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { openGatewayFixture } from '../conversation/gateway-fixture.ts';
import type { House } from './row.ts';

const contentTypes: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

export const openHouse = async (): Promise<House & Readonly<{ close: () => Promise<void> }>> => {
  let pages = '';
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    const file = join(pages, normalize(path === '/' ? '/index.html' : path));
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pageOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fixture = await openGatewayFixture({}, { allowedOrigins: [pageOrigin] });
  return {
    url: fixture.gateway.url,
    token: await fixture.token('cashier'),
    pageOrigin,
    servePages: (folder) => {
      pages = folder;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await fixture.close();
    },
  };
};
