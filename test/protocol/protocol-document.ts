/** PROTOCOL.md, part by part. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const protocolText = readFileSync(join(import.meta.dirname, '../../PROTOCOL.md'), 'utf8');

/** The part under a heading, up to the next of the same or a higher level. */
export const section = (heading: string): string => {
  const level = heading.indexOf(' ');
  const start = protocolText.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`no heading ${heading}`);
  const rest = protocolText.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
};

/** The words in code spans, in their order. */
export const tickedIn = (text = ''): readonly string[] => [...text.matchAll(/`([^`]*)`/g)].map(([, word = '']) => word);
