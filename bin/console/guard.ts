/** Who may ask the console anything: pages it served itself, and tools on this machine. */
import type { IncomingHttpHeaders } from 'node:http';

export type Refusal = 'foreign_host' | 'foreign_origin' | 'not_json';

const ownNames = ['127.0.0.1', 'localhost'];

/**
 * Why a request is not answered; undefined when it is. The host is checked because another site's name can be made to
 * point here (DNS rebinding), the origin because any page can send requests here, and the content type because a browser
 * asks first before it sends JSON to another site, and nobody here says yes.
 */
export const refusalOf = (
  method: string | undefined,
  headers: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'content-type'>,
  port: number,
): Refusal | undefined => {
  const hosts = ownNames.map((name) => `${name}:${port}`);
  const host = headers.host?.toLowerCase();
  if (host === undefined || !hosts.includes(host)) return 'foreign_host';
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return 'foreign_origin';
  if (method === 'POST' && headers['content-type'] !== 'application/json') return 'not_json';
  return undefined;
};
