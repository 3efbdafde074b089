import { createHash } from 'node:crypto';
import { canonicalJson } from '../../protocol/json/canonical.ts';
import type { JsonText } from '../../protocol/json/json-text.ts';

/** The same for two texts of one JSON value, and for no others: SHA-256 of the canonical form, 64 hexadecimal digits. */
export const contentHash = (text: JsonText): string => createHash('sha256').update(canonicalJson(text)).digest('hex');

/** What an event says: the same for the same type and content, and for no others. 64 hexadecimal digits. */
export const eventHash = ({ type, data }: Readonly<{ type: string; data: JsonText }>): string =>
  createHash('sha256')
    .update(JSON.stringify([type, contentHash(data)]))
    .digest('hex');
