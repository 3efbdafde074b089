import type { PublishMessage } from '../../protocol/client-messages.ts';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import { accepted, errorReply } from '../../protocol/server-messages.ts';
import { type Reply, reply } from '../apigateway/events.ts';
import type { Authenticated } from '../connection/connection.ts';
import { isOverRate } from '../events/publication-rate.ts';
import type { Ports } from '../ports.ts';
import { claimedParty, sessionRecord } from '../security/audit-records.ts';
import { type AuditPorts, writeAudit } from '../security/audit-writer.ts';

/**
 * Publishes a device's event at its own restaurant; answers once it is durably queued. The device's `id` is the
 * idempotency key: the same message sent again after a lost answer is the same event.
 */
export const publish =
  (ports: AuditPorts & Pick<Ports, 'domain' | 'publish'>) =>
  async (
    connection: Authenticated,
    head: StreamHead | undefined,
    message: PublishMessage,
    requestId: string,
  ): Promise<Reply> => {
    const { session } = connection;
    const { id, event, data, restaurantId } = message;
    if (restaurantId !== undefined && restaurantId !== session.restaurantId) {
      const claims = { userId: { form: 'absent' }, restaurantId } as const;
      const record = sessionRecord(
        connection,
        session,
        `message/${requestId}`,
        'cross_tenant_attempt',
        'restaurant_differs',
        ports.now(),
      );
      await writeAudit(ports)({ ...record, claimed: claimedParty(claims, {}) });
      return reply(errorReply('forbidden', ports.now(), id, 'restaurant_id'));
    }
    if (!ports.domain.mayPublish(session.connectionType, event))
      return reply(errorReply('forbidden', ports.now(), id, 'type'));
    if (isOverRate(head, ports.now(), ports.limits.publicationsPerMinute)) {
      ports.telemetry.publicationRefused(session.restaurantId);
      return reply(errorReply('rate_limited', ports.now(), id));
    }
    try {
      const eventId = await ports.publish({
        restaurantId: session.restaurantId,
        type: event,
        data,
        audience: ports.domain.audienceOf(event),
        publisher: { issuer: session.issuer, userId: session.userId, connectionType: session.connectionType },
        key: id ?? requestId,
      });
      return reply(accepted(eventId, ports.now(), id));
    } catch (error) {
      ports.telemetry.failed('publish', connection, error);
      return reply(errorReply('unavailable', ports.now(), id));
    }
  };
