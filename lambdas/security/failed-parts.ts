/**
 * What of ours can fail, by the word that the log line and the metric have for it, and in words for the dashboard. The words are
 * in dashboards and saved queries of running stages, so none is renamed. Pure data, for `lib/` too.
 */
export const failedParts = {
  connect: 'handshake',
  claim: 'claim of an attempt',
  verification: 'verification',
  seat: 'activation of a session',
  renewal: 'renewal',
  message: 'message of a session',
  membership: 'row of the membership table',
  refuse: 'refusal',
  unseat: 'withdrawal of a grant',
  last_message: 'last message before a close',
  budget: 'rate limit of an address or a member',
  pass_keys: 'keys of re-entry passes',
  audit_write: 'audit record, table',
  audit_queue: 'audit record, queue',
  timer_message: 'timer message',
  head: 'head of a restaurant',
  publish: 'publication by a device',
  fan_out: 'delivery of events',
  redelivery: 'second delivery of events',
  dead_letter: 'putting a message aside',
  outbox: 'handing over to the backend',
} as const;

export const failedPartNames = Object.keys(failedParts) as readonly (keyof typeof failedParts)[];
