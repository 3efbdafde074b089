import { describe, expect, test } from '@jest/globals';
import { maxAuditRows } from '../../console/rows.ts';
import { auditCaption, claimsText } from '../../console/wording.ts';

describe('the caption of the audit trail', () => {
  test.each([
    { rows: 0, says: 'Nothing in the last hour.' },
    { rows: 7, says: 'The last hour, newest first: 7' },
    { rows: maxAuditRows, says: 'The newest 100 of the last hour' },
  ])('of $rows rows is "$says"', ({ rows, says }) => {
    expect(auditCaption(rows)).toBe(says);
  });
});

test('a claim is shown with its name, and one that was not made is not', () => {
  const claims = { claimed_user_id: '0', claimed_restaurant_id: 'r-17', claimed_connection_type: undefined };
  expect(claimsText(claims)).toBe('user_id: 0, restaurant_id: r-17');
});
