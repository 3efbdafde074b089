import type { JournalEvent } from './engines/queue-journal.ts';
import type { OutboxRecord } from './outbox-trail.ts';
import type { Stream } from './sandbox/messages.ts';
import type { Outcome } from './sandbox/sandbox.ts';
import type { WebhookEvent } from './webhook.ts';

/** What happens at the gateway, for whoever watches. Holds no message, no query and no header of a client. */
export type GatewayEvent =
  | { readonly type: 'connected'; readonly connectionId: string; readonly sourceIp: string }
  | { readonly type: 'refused'; readonly connectionId: string; readonly sourceIp: string; readonly status: number }
  /** Turned away as the platform does it, before any function was asked. */
  | { readonly type: 'misdirected'; readonly status: 403; readonly stagePath: string }
  | { readonly type: 'misdirected'; readonly status: 414; readonly maxUrlBytes: number }
  | {
      readonly type: 'closed';
      readonly connectionId: string;
      readonly code: number;
      readonly reason: string;
      readonly openMs: number;
    }
  | {
      readonly type: 'failed';
      readonly functionName: string;
      readonly outcome: Exclude<Outcome, { kind: 'returned' }>;
      readonly connectionId: string | undefined;
    }
  | ({ readonly type: 'journal' } & JournalEvent)
  /** Something has left for the backend. */
  | {
      readonly type: 'left';
      readonly detailType: string;
      readonly target: OutboxRecord['target'];
      readonly restaurantId: string | undefined;
    }
  | ({ readonly type: 'webhook' } & WebhookEvent)
  | LogLine;

/** One line a function wrote. */
export type LogLine = {
  readonly type: 'log';
  readonly functionName: string;
  readonly stream: Stream;
  readonly requestId: string | undefined;
  readonly line: string;
};
