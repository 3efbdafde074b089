import { expect, test } from '@jest/globals';
import { type EventType, hearing } from '../../lambdas/apigateway/event-type.ts';
import { forbidden } from '../forbidden.ts';

const types: readonly EventType[] = ['CONNECT', 'MESSAGE', 'DISCONNECT'];
const others = ['', 'connect', 'CONNECT ', '$connect', forbidden(undefined)];
const pairs = types.flatMap((own) =>
  [...types, ...others].map((eventType) => ({ own, eventType, is: own === eventType })),
);

test.each(pairs)('a handler of $own hears an event of type $eventType: $is', async ({ own, eventType, is }) => {
  let heard = 0;
  const handler = hearing(own, async () => {
    heard += 1;
    return { statusCode: 200 };
  });
  expect(await handler({ requestContext: { eventType } })).toEqual({ statusCode: is ? 200 : 403 });
  expect(heard).toBe(is ? 1 : 0);
});
