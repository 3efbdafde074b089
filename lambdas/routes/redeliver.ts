import type { SQSBatchResponse } from 'aws-lambda';
import { openGate, type Share } from '../delivery/gate.ts';
import { deliverAgain, putOff } from '../delivery/redelivery.ts';
import type { Unposted } from '../ports.ts';
import type { RedeliveryPorts } from '../route-ports.ts';
import { parseRedelivery } from '../sqs/redelivery-message.ts';

type Records = readonly Readonly<{ messageId: string; body: string }>[];

/** The redelivery queue's function: posts again what a run could not, and puts off what it cannot either. */
export const redeliver =
  (ports: RedeliveryPorts) =>
  async ({ Records }: Readonly<{ Records: Records }>): Promise<SQSBatchResponse> => {
    const failed: string[] = [];
    for (const { messageId, body } of Records) {
      try {
        const { step, restaurants } = parseRedelivery(body);
        const gate = openGate(ports, restaurants.length);
        const left = await Promise.all(restaurants.map((one) => serve(ports, gate.enter())(one, step)));
        await putOff(ports)(left.flat(), step + 1);
      } catch (error) {
        ports.telemetry.failed('redelivery', {}, error);
        failed.push(messageId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

/** One restaurant; yields what is left of it. What cannot be looked up now is left, too. */
const serve =
  (ports: RedeliveryPorts, share: Share) =>
  async (unposted: Unposted, step: number): Promise<readonly Unposted[]> => {
    try {
      const { unposted: left, ...counts } = await deliverAgain(ports, share)(unposted);
      ports.telemetry.redelivered(unposted.restaurantId, { step, ...counts });
      return left;
    } catch (error) {
      ports.telemetry.failed('redelivery', {}, error);
      return [unposted];
    } finally {
      share.leave();
    }
  };
