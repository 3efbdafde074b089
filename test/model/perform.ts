/** Plays a script on the real routes, in whatever order the scheduler chooses, until everything has come to rest. */
import type { Scheduler } from 'fast-check';
import { platform, waitForQueue } from '../memory/platform.ts';
import type { Conduct } from '../memory/port-call.ts';
import type { QueueMessage } from '../memory/timer.ts';
import { memoryWorld } from '../memory/world.ts';
import { guardWhilePlaying } from './invariants.ts';
import type { Performance, Request } from './performance.ts';
import { briefToken, type Said, type Script, type Stimulus, texts } from './script.ts';

export const perform = async (scheduler: Scheduler, script: Script): Promise<Performance> => {
  const world = memoryWorld((call) => scheduler.schedule(Promise.resolve(), call));
  world.tokens.set('token-brief', briefToken);
  const door = platform(world);
  const requests: Request[] = [];
  const delivered: QueueMessage[] = [];
  const broken = guardWhilePlaying(world, requests);
  let disconnected = false;
  let invocations = 0;

  const conduct = (): Conduct => {
    const invocation = invocations++;
    return (_, nth) =>
      script.faults.find((fault) => fault.invocation === invocation && fault.call === nth)?.fate ?? 'done';
  };
  /** Begins something whose end nobody waits for. */
  const begin = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => broken.push(`the platform failed: ${String(error)}`));
  };

  const deliverDue = (): void => {
    for (const due of door.takeDue()) {
      delivered.push(due);
      if (script.timers === 'lost') continue;
      begin(door.receive(due, conduct()));
      if (script.timers === 'twice') begin(door.receive(due, conduct()));
    }
  };

  const requestOf = (said: Said): Request => {
    const request = { requestId: `request-${requests.length + 1}`, text: texts[said], arrivedAtMs: world.clock.nowMs };
    requests.push(request);
    return request;
  };

  const enact = (stimulus: Stimulus): void => {
    switch (stimulus.does) {
      case 'say': {
        if (door.socketOf('c-1=').state !== 'open') return;
        const request = requestOf(stimulus.said);
        begin(door.say(request.text, { ...request, conduct: conduct() }));
        return;
      }
      case 'wait':
        world.clock.nowMs += stimulus.ms;
        if (script.timers !== 'late') deliverDue();
        return;
      case 'leave':
        door.leave();
        return;
    }
  };

  await scheduler.waitFor(door.connect());
  for (const request of script.prologue.map(requestOf)) await scheduler.waitFor(door.say(request.text, request));
  world.sockets.onClosed = () => {
    for (let time = 0; time < script.disconnects; time++)
      begin(
        scheduler.schedule(Promise.resolve(), '$disconnect comes').then(() => {
          disconnected = true;
          return door.disconnected(conduct());
        }),
      );
  };
  scheduler.scheduleSequence(
    script.stimuli.map((stimulus) => ({
      label: Object.values(stimulus).join(' '),
      builder: async () => enact(stimulus),
    })),
  );
  await scheduler.waitIdle();
  while (world.queue.waiting.length > 0) {
    waitForQueue(world);
    deliverDue();
    await scheduler.waitIdle();
  }
  return { script, world, door, requests, delivered, disconnected, broken };
};
