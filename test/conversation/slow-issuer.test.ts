/** An issuer that takes its time, from a cold start, in the time that the deployed functions have. */
import { afterAll, expect, test } from '@jest/globals';
import { authSuccess, differenceFrom } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import { cast } from './cast.ts';
import { openGatewayFixture } from './gateway-fixture.ts';

const fixture = await openGatewayFixture({ timeScale: 1 });
afterAll(() => fixture.close());

test('an issuer that takes one and a half seconds lets its users in from a cold start', async () => {
  const member = { restaurantId: 'r-17', issuer: 'slow', userId: 'u-till', role: cast.roles.member };
  await putMembership(fixture.memberships)(member);
  const visitor = await fixture.visitor();
  const client = await fixture.connect();
  const sentAtMs = performance.now();
  client.send(hello(visitor, { token: fixture.keepSecret(fixture.issuers.slow.token()) }));
  expect(differenceFrom(authSuccess(visitor), await client.next())).toBe(undefined);
  process.stdout.write(
    `  ${Math.round(performance.now() - sentAtMs)} ms  an authenticate whose issuer takes 1,500 ms\n`,
  );
  await client.leave();
});
