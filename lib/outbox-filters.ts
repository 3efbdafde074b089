/** Which records of the two streams reach the outbox's function. What is deleted, by hand or at its end, is never among them. */
import { eventsThat, sessionEnds } from '../lambdas/security/catalogue.ts';

const inserted = { eventName: ['INSERT'] };

/** Of the event table its events: no head, no mark, no restaurant that is only remembered. */
export const ofNumberedEvents = { ...inserted, dynamodb: { Keys: { sk: { S: [{ prefix: 'E#' }] } } } };

/** Of the audit table the begin and the end of each session, or everything. */
export const ofAuditRecords = (withSecurityEvents: boolean): object =>
  withSecurityEvents
    ? inserted
    : { ...inserted, dynamodb: { NewImage: { event: { S: [...eventsThat('entered'), ...sessionEnds] } } } };
