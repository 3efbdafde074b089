import { isUnreadable, type Membership } from '../../lambdas/access/membership.ts';
import { membershipPages } from '../../lambdas/dynamodb/membership-bulk.ts';
import type { Ending } from '../exit-codes.ts';
import { printLines } from '../printed-lines.ts';
import type { Target } from '../target.ts';
import { csvHeader, csvRow, ndjsonRow } from './member-file.ts';
import { rowOfMembership } from './member-row.ts';

export const exportFormats = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Prints every membership as `import` reads it. Rows that cannot be read are named on stderr, and are in no file. */
export const exportMembers = async (
  { memberships }: Target,
  restaurantId: string | undefined,
  format: ExportFormat,
): Promise<Ending> => {
  let unreadable = 0;
  const tell = (membership: Membership): void => {
    unreadable += 1;
    console.error(`${nameOf(membership)}: its row in the table cannot be read; it lets nobody in, and is left out`);
  };
  await printLines(exportedLines(membershipPages(memberships, restaurantId), format, tell));
  return unreadable === 0 ? 'done' : 'partly';
};

/** A page is all that it holds. */
export async function* exportedLines(
  pages: AsyncIterable<readonly Membership[]>,
  format: ExportFormat,
  tellUnreadable: (membership: Membership) => void,
): AsyncGenerator<string> {
  const line = { ndjson: ndjsonRow, csv: csvRow }[format];
  if (format === 'csv') yield csvHeader;
  for await (const page of pages) {
    for (const membership of page.filter(isUnreadable)) tellUnreadable(membership);
    yield page
      .filter((membership) => !isUnreadable(membership))
      .map((membership) => line(rowOfMembership(membership)))
      .join('');
  }
}

const nameOf = ({ restaurantId, issuer, userId }: Membership): string => `${userId} (${issuer}) at ${restaurantId}`;
