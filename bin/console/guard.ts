/** Who may ask the console anything: pages it served itself, and tools on this machine. */
import type { IncomingHttpHeaders } from 'node:http';
import { isOwnHost } from '../../local/loopback.ts';

export type Refusal = 'foreign_host' | 'foreign_origin' | 'not_json';

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
  const { host, origin } = headers;
  if (!isOwnHost(host, port)) return 'foreign_host';
  if (origin !== undefined && origin !== `http://${host?.toLowerCase()}`) return 'foreign_origin';
  if (method === 'POST' && headers['content-type'] !== 'application/json') return 'not_json';
  return undefined;
};
