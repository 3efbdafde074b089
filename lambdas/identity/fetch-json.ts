import type { FetchJson } from './signing-keys.ts';

const timeoutMs = 1_000;
const maxBytes = 256 * 1024;

/** Gets a JSON document within 1 s, follows no redirect, reads 256 KB at most; rejects otherwise. */
export const fetchJson: FetchJson = async (url) => {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) await response.body?.cancel();
  if (!response.ok) throw new Error(`a key set answered ${response.status}`);
  let text = '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxBytes) throw new Error(`a key set is larger than ${maxBytes} bytes`);
  }
  return JSON.parse(text);
};
