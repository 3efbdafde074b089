import { describe, expect, test } from '@jest/globals';
import { maxAuditRows } from '../../console/rows.ts';
import { auditCaption, claimsText, revokedWording } from '../../console/wording.ts';

describe('the caption of the audit trail', () => {
  test.each([
    { rows: 0, says: 'Nothing in the last hour.' },
    { rows: 7, says: 'The last hour, newest first: 7' },
    { rows: maxAuditRows, says: 'The newest 100 of the last hour' },
  ])('of $rows rows is "$says"', ({ rows, says }) => {
    expect(auditCaption(rows)).toBe(says);
  });
});

describe('a revocation says that tokens from before are refused, and where a new one comes from', () => {
  test.each([
    {
      why: 'of the user whose line was printed',
      closed: 1,
      device: { user: 'chef', restaurant: 'r-17', connectionType: 'kitchen' },
      says: '1 session ended. Tokens from before are refused, that of the line npm start printed, too. A line with a new one: npm run -s token -- chef --line --type kitchen',
    },
    {
      why: 'of another user, of whom no line was printed',
      closed: 2,
      device: { user: 'cashier', restaurant: 'r-17', connectionType: 'pos' },
      says: '2 sessions ended. Tokens from before are refused. A line with a new one: npm run -s token -- cashier --line --type pos --restaurant r-17',
    },
    {
      why: 'elsewhere than where the printed line goes',
      closed: 0,
      device: { user: 'chef', restaurant: 'r-99', connectionType: 'kitchen' },
      says: '0 sessions ended. Tokens from before are refused. A line with a new one: npm run -s token -- chef --line --type kitchen --restaurant r-99',
    },
  ])('$why', ({ closed, device, says }) => {
    expect(revokedWording(closed, device, { user: 'chef', restaurant: 'r-17' })).toBe(says);
  });
});

test('a claim is shown with its name, and one that was not made is not', () => {
  const claims = { claimed_user_id: '0', claimed_restaurant_id: 'r-17', claimed_connection_type: undefined };
  expect(claimsText(claims)).toBe('user_id: 0, restaurant_id: r-17');
});
