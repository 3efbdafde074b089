/** The runbook as its tests read it. */
import { readFileSync } from 'node:fs';

export type Section = Readonly<{
  heading: string;
  text: string;
  /** Code blocks that name no language: queries, each with the name in front of it. */
  queries: readonly Readonly<{ name: string; text: string }>[];
}>;

export const runbookText = readFileSync('docs/runbook.md', 'utf8');

/** The sections under headings of the second level, in order. */
export const sections: readonly Section[] = runbookText
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [heading = '', ...lines] = section.split('\n');
    const text = lines.join('\n');
    return {
      heading,
      text,
      queries: [...text.matchAll(/(?:^\*(.+)\*\n\n)?^```\n([\s\S]*?)\n```$/gm)].map(([, name = '', query = '']) => ({
        name,
        text: query,
      })),
    };
  });
