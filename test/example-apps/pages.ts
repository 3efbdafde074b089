/** Serves the files of a built page, at a port of this machine. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { listen, loopback } from '../../local/loopback.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export const servePages = async (folder: string) => {
  const { port, close } = await listen(0, async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://page');
    const file = join(folder, normalize(pathname === '/' ? '/index.html' : pathname));
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { origin: `http://${loopback}:${port}`, close };
};
