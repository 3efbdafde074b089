/** Something that one version of the functions leaves behind and the other one finds. */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { type Client, connect } from '../local/client.ts';
import type { DemoUser } from '../../local/demo.ts';
import { moment, until } from '../conversation/until.ts';
import type { RollingGateway, Version } from './rolling-gateway.ts';

export type HandOff = Readonly<{
  /** From whom to whom, as a sentence's subject. `docs/upgrade.md` names it where a release breaks it. */
  name: string;
  /** Only what today's leaves is tried: the other way is told by the fixtures, or is nobody's. Default: both. */
  onlyFromNow?: true;
  /** `first` leaves it, `second` finds it. Throws where it does not find what was meant. */
  run: (rolling: RollingGateway, first: Version, second: Version) => Promise<void>;
}>;

export type Frame = Readonly<Record<string, unknown>>;
export type Device = Client & Readonly<{ userAgent: string }>;

let made = 0;
/** A name that nobody had before. */
export const newName = (kind: string): string => `${kind}-${++made}`;

/** A connection id as API Gateway makes them. */
export const newConnectionId = (): string => randomBytes(11).toString('base64');

/** A socket that can be found in the tables by its user agent. */
export const open = async ({ gateway }: RollingGateway, query = ''): Promise<Device> => {
  const userAgent = newName('device');
  return { ...(await connect(gateway.url + query, { headers: { 'user-agent': userAgent } })), userAgent };
};

export type Visit = Readonly<{ user?: DemoUser; restaurantId?: string; connectionType?: string; fields?: Frame }>;

/** The first message. */
export const firstMessage = async (
  { gateway }: RollingGateway,
  { user = 'chef', restaurantId = 'r-17', connectionType = 'kitchen', fields = {} }: Visit = {},
): Promise<Frame> => ({
  type: 'authenticate',
  token: await gateway.token(user),
  restaurant_id: restaurantId,
  connection_type: connectionType,
  ...fields,
});

/** A device that has a session, with the answer that gave it. */
export const enter = async (
  rolling: RollingGateway,
  visit: Visit = {},
): Promise<Device & Readonly<{ entered: Frame }>> => {
  const device = await open(rolling);
  device.send(await firstMessage(rolling, visit));
  const entered = await device.next();
  says(entered, { type: 'auth_success' });
  return { ...device, entered };
};

/** A counter begins anew with each minute of the clock: what is counted together must not run into the next one. */
export const withinAMinute = async (): Promise<void> => {
  const leftMs = 60_000 - (Date.now() % 60_000);
  if (leftMs < 15_000) await moment(Date.now() + leftMs);
};

/** A restaurant of its own, with a chef and a cashier. */
export const newRestaurant = async ({ target }: RollingGateway): Promise<string> => {
  const restaurantId = newName('restaurant');
  for (const userId of ['u-chef', 'u-cashier'])
    await setMember(target.memberships)({ restaurantId, issuer: 'demo', userId, role: 'employee' });
  return restaurantId;
};

/** A frame has these fields, whatever else it has. */
export const says = (frame: Frame, fields: Frame): void =>
  assert.deepEqual(Object.fromEntries(Object.keys(fields).map((name) => [name, frame[name]])), fields);

/** Ends a device's socket and waits until its row is gone. */
export const leave = async (rolling: RollingGateway, device: Device): Promise<void> => {
  device.socket.close();
  await device.closed;
  await isGone(rolling, device.userAgent);
};

export const isGone = async (rolling: RollingGateway, userAgent: string): Promise<void> =>
  assert.equal(
    await until(
      () => rolling.rowOf(userAgent),
      (row) => row === undefined,
    ),
    undefined,
  );

/** The events of the records of a connection, as soon as there are so many. */
export const areRecorded = async (
  rolling: RollingGateway,
  userAgent: string,
  events: readonly string[],
): Promise<void> => {
  const found = await until(
    () => rolling.recordsOf(userAgent),
    (records) => records.length >= events.length,
  );
  assert.deepEqual(
    found.map(({ event }) => event),
    events,
  );
};
