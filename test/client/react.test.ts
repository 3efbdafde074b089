/** The hooks, before a gateway in memory. How they fare with React 17 and 18, packed, is a step of `.ci/run`. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { act, createElement, type ReactElement, StrictMode, useEffect } from 'react';
import { create, type ReactTestRenderer } from 'react-test-renderer';
import type { MaitredClient } from '../../client/src/index.ts';
import { MaitredProvider, useMaitred, usePublish, useRestaurantEvent } from '../../client/src/react.ts';
import { type HeldOptions, holdConnection } from '../../client/src/react-connection.ts';
import { createClock } from './clock.ts';
import { createFakeGateway } from './fake-gateway.ts';

let clock: ReturnType<typeof createClock>;
let gateway: ReturnType<typeof createFakeGateway>;
let root: ReactTestRenderer | undefined;
let asked: string[];
let gaps: string[];
let heard: string[];
let statuses: string[];

const options = (changes: Partial<HeldOptions> = {}): HeldOptions => ({
  url: 'wss://gateway.example/prod',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  WebSocket: gateway.WebSocket,
  now: clock.now,
  timers: clock.timers,
  random: () => 0.5,
  getToken: (why) => {
    asked.push(why);
    return `t@${clock.now() + 3_600_000}`;
  },
  onGap: ({ reason }) => gaps.push(reason),
  ...changes,
});

const Orders = ({ note = 'heard' }: { note?: string }) => {
  const { state } = useMaitred();
  statuses.push(state.status);
  useRestaurantEvent('order.created', ({ id }) => heard.push(`${note} ${id}`));
  return null;
};

/** Renders under StrictMode: each component mounts, unmounts and mounts again. */
const show = async (props: HeldOptions, child: ReactElement = createElement(Orders)): Promise<void> => {
  const app = createElement(StrictMode, null, createElement(MaitredProvider, props, child));
  await act(async () => {
    if (root === undefined) root = create(app);
    else root.update(app);
  });
  await act(() => clock.pass(500));
};
const publish = (id: string) =>
  act(async () => {
    gateway.publish('order.created', {}, { id });
    await clock.pass(100);
  });
const openSockets = () => gateway.callers.filter(({ status }) => status !== 'closed').length;

beforeEach(() => {
  // The renderer's page tells people off who are not React Native; its successor wants a DOM.
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true, IS_REACT_NATIVE_TEST_ENVIRONMENT: true });
  clock = createClock();
  gateway = createFakeGateway(clock);
  [asked, gaps, heard, statuses] = [[], [], [], []];
});
afterEach(async () => {
  await act(async () => root?.unmount());
  root = undefined;
});

describe('a provider', () => {
  test('opens one socket and asks for one token, although it is mounted twice', async () => {
    await show(options());
    expect([gateway.callers.length, asked, gaps]).toEqual([1, ['first'], ['start']]);
    expect(statuses.at(-1)).toBe('connected');
  });

  test('keeps its connection when it is rendered again with other functions, and calls those', async () => {
    await show(options());
    const later: string[] = [];
    await show(options({ getToken: (why) => `t${later.push(why)}@${clock.now() + 7_200_000}` }));
    await act(() => clock.pass(3_600_000));
    expect([openSockets(), later.length > 0, asked]).toEqual([1, true, ['first']]);
  });

  test('asks the function `url` of the last render at each connect, and a new function is no other address', async () => {
    const addresses: string[] = [];
    const at = (name: string) => options({ url: () => `wss://${addresses.push(name)}.example/prod` });
    await show(at('first'));
    await show(at('second'));
    expect([gateway.callers.length, openSockets(), addresses]).toEqual([1, 1, ['first']]);
    gateway.restart();
    await act(() => clock.pass(2_000));
    expect([openSockets(), addresses]).toEqual([1, ['first', 'second']]);
  });

  test.each([
    { why: 'address', changes: { url: () => 'wss://other.example/prod' } },
    { why: 'address', changes: { url: 'wss://other.example/prod' } },
    { why: 'connection type', changes: { connectionType: 'pos' as const } },
  ])('connects anew for another $why, and closes what it had', async ({ changes }) => {
    await show(options());
    await show(options(changes));
    expect([gateway.callers.length, openSockets()]).toEqual([2, 1]);
    await publish('a');
    expect(heard).toEqual(['heard a']);
  });

  test('closes when it is unmounted', async () => {
    await show(options());
    await act(async () => root?.unmount());
    await clock.pass(100);
    expect(openSockets()).toBe(0);
  });
});

describe('a handler', () => {
  test('is the one of the last render, and misses nothing when it changes', async () => {
    await show(options(), createElement(Orders, { note: 'first' }));
    await publish('a');
    // On its way while the component is rendered anew.
    gateway.publish('order.created', {}, { id: 'b' });
    await show(options(), createElement(Orders, { note: 'second' }));
    await publish('c');
    expect(heard).toEqual(['first a', 'second b', 'second c']);
  });

  test('of a component that went is not called', async () => {
    await show(options());
    await show(options(), createElement('i'));
    await publish('a');
    expect(heard).toEqual([]);
  });
});

describe('publishing', () => {
  test('is the same function in every render, also in the first effect of a child, and keeps what that published', async () => {
    const functions = new Set<MaitredClient['publish']>();
    const outcomes: string[] = [];
    const Till = () => {
      const send = usePublish();
      functions.add(send);
      useMaitred();
      useEffect(() => {
        send('order.created', { order_id: 7 }, { id: 'o-7' }).then(
          ({ id }) => outcomes.push(id),
          (error: Error) => outcomes.push(error.message),
        );
      }, [send]);
      return null;
    };
    await show(options(), createElement(Till));
    await act(() => clock.pass(5_000));
    expect([functions.size, [...new Set(outcomes)], gateway.callers.length]).toEqual([1, ['o-7'], 1]);
  });
});

test('a hook without a provider says what it needs', async () => {
  let problem = '';
  const Lost = () => {
    try {
      useMaitred();
    } catch (error) {
      problem = String(error);
    }
    return null;
  };
  await act(async () => {
    root = create(createElement(Lost));
  });
  expect(problem).toMatch(/below a MaitredProvider/);
});

test('a connection that is mounted again goes on where it was', async () => {
  const held = holdConnection(options(), () => options());
  held.attach((client) => client.on('*', ({ id }) => heard.push(id)));
  const unmount = held.mount();
  await clock.pass(500);
  gateway.publish('order.created', {}, { id: 'a' });
  await clock.pass(100);
  unmount();
  await clock.pass(100);
  gateway.publish('order.created', {}, { id: 'b' });
  const unmountAgain = held.mount();
  await clock.pass(1_000);
  unmountAgain();
  expect([heard, gaps, gateway.callers.length]).toEqual([['a', 'b'], ['start'], 2]);
});
