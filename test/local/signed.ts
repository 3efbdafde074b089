/** A request with a signature of the transport's signer, which is the SDK's. */
import type { WireRequest } from '../../local/wire.ts';
import { signer } from '../../transport/signer.ts';

export type SignOptions = Readonly<{
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }>;
  service?: string;
  region?: string;
  atMs?: number;
}>;

export const signed = async (
  request: WireRequest,
  {
    credentials: { sessionToken, ...keys },
    service = 'dynamodb',
    region = 'us-east-1',
    atMs = Date.now(),
  }: SignOptions,
): Promise<WireRequest> => {
  const { method, path, headers, body } = request;
  const sign = signer(service, region, () => ({ ...keys, ...(sessionToken !== undefined && { sessionToken }) }));
  const place = { protocol: 'http:', hostname: '127.0.0.1', path };
  const { headers: all } = await sign({ method, ...place, headers: { ...headers }, body: Buffer.from(body) }, atMs);
  return { ...request, headers: all };
};
