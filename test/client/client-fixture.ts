/** A fake gateway, a fake clock and a client between them, with everything the client told written down. */
import {
  type ClientState,
  type ConnectOptions,
  connect,
  type End,
  type Gap,
  type RestaurantEvent,
} from '../../client/src/index.ts';
import { createClock } from './clock.ts';
import { createFakeGateway } from './fake-gateway.ts';

export const hour = 3_600_000;
export const minute = 60_000;

/** The same numbers in every run, evenly spread (a Weyl sequence). */
export const evenRandom = (): (() => number) => {
  let value = 0.5;
  return () => {
    value = (value + 0.618_033_988_749_895) % 1;
    return value;
  };
};

type World = Readonly<{
  latencyMs?: number;
  clock?: ReturnType<typeof createClock>;
  /** Of the device's clock. */
  wrongByMs?: () => number;
}>;

export const createClientFixture = (
  options: Partial<ConnectOptions> = {},
  { latencyMs = 20, clock = createClock(), wrongByMs = () => 0 }: World = {},
) => {
  const gateway = createFakeGateway(clock, latencyMs);
  const events: RestaurantEvent[] = [];
  const gaps: Gap[] = [];
  const states: ClientState[] = [];
  const ends: End[] = [];
  const errors: unknown[] = [];
  const asked: string[] = [];
  const goodToken = (lifeMs = hour) => `t${asked.length}@${clock.now() + lifeMs}`;
  const { getToken = () => goodToken(), ...others } = options;
  const client = connect({
    url: 'wss://gateway.example/prod',
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    WebSocket: gateway.WebSocket,
    now: () => clock.now() + wrongByMs(),
    timers: clock.timers,
    random: evenRandom(),
    onError: (error) => errors.push(error),
    getToken: (why) => {
      asked.push(why);
      return getToken(why);
    },
    ...others,
  });
  client.on('*', (event) => void events.push(event));
  client.onGap((gap) => void gaps.push(gap));
  client.onState((state) => states.push(state));
  client.onEnd((end) => ends.push(end));
  return {
    clock,
    gateway,
    client,
    events,
    gaps,
    states,
    ends,
    errors,
    /** Why the token was asked for, each time. */
    asked,
    goodToken,
    seqs: (): readonly number[] => events.map(({ seq }) => seq),
    /** Connects, with an ordinary gateway. */
    authenticated: async () => {
      await clock.pass(500);
      if (client.state.status !== 'connected')
        throw new Error(`expected connected, got ${JSON.stringify(client.state)}`);
    },
  };
};

export type ClientFixture = ReturnType<typeof createClientFixture>;
