/**
 * One handler interrupted by a second, that one by a third, before each call they make. What chance alone finds rarely (a
 * whole handler between two steps of another) is tried here in every place.
 */
import { describe, expect, test } from '@jest/globals';
import { drainQueue, type Platform, platform, waitForQueue } from '../memory/platform.ts';
import { memoryWorld, startMs, type World } from '../memory/world.ts';
import { brokenAtRest, guardWhilePlaying } from './invariants.ts';
import type { Request } from './performance.ts';
import { briefToken, type Said, type Script, texts } from './script.ts';

type Scene = Readonly<{ world: World; door: Platform; say: (said: Said, atTheLatestMs?: number) => Promise<unknown> }>;
type Act = Readonly<{ name: string; does: (scene: Scene) => Promise<unknown> }>;

const says = (said: Said): Act => ({ name: `"${said}"`, does: ({ say }) => say(said) });
/** Arrived in time, whenever its handler begins. */
const inTime: Act = { name: '"chef", in time', does: ({ say }) => say('chef', startMs + 5_000) };
const timer: Act = {
  name: 'the timer',
  does: async ({ world, door }) => {
    if (world.queue.waiting.length === 0) world.clock.nowMs += 5_000;
    else waitForQueue(world);
    for (const due of door.takeDue()) await door.receive(due);
  },
};
const leaving: Act = {
  name: 'leaving',
  does: async ({ door }) => {
    door.leave();
    await door.disconnected();
  },
};

/** Plays the acts inside one another; `before` says before which call each but the first begins. Tells whether all did. */
const play = async (prologue: readonly Said[], acts: readonly Act[], before: readonly number[]): Promise<boolean> => {
  const [first, ...others] = acts;
  let level = others.length;
  let calls = 0;
  const world = memoryWorld(async (call) => {
    const next = others[level];
    if (next === undefined || call.endsWith(' answers') || ++calls <= (before[level] ?? 0)) return;
    calls = 0;
    level++;
    await next.does(scene);
  });
  world.tokens.set('token-brief', briefToken);
  const door = platform(world);
  const requests: Request[] = [];
  const broken = guardWhilePlaying(world, requests);
  const say = (said: Said, atTheLatestMs = Number.POSITIVE_INFINITY) => {
    const arrivedAtMs = Math.min(world.clock.nowMs, atTheLatestMs);
    const request = { requestId: `request-${requests.length + 1}`, text: texts[said], arrivedAtMs };
    requests.push(request);
    return door.say(request.text, request);
  };
  const scene: Scene = { world, door, say };
  await door.connect();
  for (const said of prologue) await say(said);
  level = 0;
  await first?.does(scene);
  const haveAllBegun = level === others.length;
  await drainQueue(world, door);

  const script: Script = { prologue, stimuli: [], disconnects: 1, timers: 'once', faults: [] };
  const disconnected = acts.slice(0, level + 1).includes(leaving);
  const stillBroken = brokenAtRest({ script, world, door, requests, delivered: [], disconnected, broken });
  if (stillBroken.length > 0) expect({ acts: acts.map(({ name }) => name), before, stillBroken }).toEqual({});
  return haveAllBegun;
};

/** Every place in which the second act, and in it the third, can begin. */
const inEveryPlace = async (prologue: readonly Said[], acts: readonly Act[]): Promise<void> => {
  for (let second = 0; ; second++) {
    let third = 0;
    while (await play(prologue, acts, [second, third])) third++;
    if (third === 0) return;
  }
};

const everyThree = (acts: readonly Act[]) =>
  acts.flatMap((first) => acts.flatMap((second) => acts.map((third) => [first, second, third])));

describe.each<{ when: string; prologue: readonly Said[]; acts: readonly Act[] }>([
  {
    when: 'while nobody is authenticated',
    prologue: [],
    acts: [inTime, says('chef'), says('cashier'), says('forged'), says('ping'), timer, leaving],
  },
  {
    when: 'in a session that is about to end',
    prologue: ['chef, with little time left'],
    acts: [says('chef'), says('chef, with little time left'), says('cashier'), says('ping'), timer, leaving],
  },
])('$when', ({ prologue, acts }) => {
  test.each(acts)('whatever comes between two steps of $name, every invariant holds', async (first) => {
    for (const three of everyThree(acts)) if (three[0] === first) await inEveryPlace(prologue, three);
  });
});
