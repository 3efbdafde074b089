/**
 * Holds a process to a share of one processor, as Lambda does by a function's memory: what it has used is looked at every few
 * milliseconds, and it is stopped while it has used more. What it left unused is lost, as under the quota of a container.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** A whole core comes with 1,769 MB. */
export const shareOfMemory = (memoryMiB: number): number => memoryMiB / 1_769;

const lookEveryMs = 2;
/** The quota's period: what is unused at its end is gone. */
const periodMs = 20;

/**
 * Processor time of a process from its beginning, in milliseconds, to the hundredth of a second: of the threads that have ended, too, as a
 * gateway's sandboxes do. Linux alone tells it.
 */
export const usedMs = (pid: number): number => {
  const [, state = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = state.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * msPerTick;
};

/** `CLK_TCK` is 100 on every Linux that Node runs on. */
const msPerTick = 10;

/** Processor time of the threads that are there, in milliseconds: finely, for a process of which none ends meanwhile. */
export const processorMs = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      // A thread that ended meanwhile.
      return sum;
    }
  }, 0);

/** Yields how to let it go. */
export const holdToShare = (pid: number, share: number): (() => void) => {
  let lookedAtMs = performance.now();
  let usedMs = processorMs(pid);
  let leftMs = periodMs * share;
  let isStopped = false;
  const look = (): void => {
    const [nowMs, nowUsedMs] = [performance.now(), processorMs(pid)];
    leftMs = Math.min(periodMs * share, leftMs + (nowMs - lookedAtMs) * share - (nowUsedMs - usedMs));
    [lookedAtMs, usedMs] = [nowMs, nowUsedMs];
    if (isStopped !== leftMs < 0) process.kill(pid, leftMs < 0 ? 'SIGSTOP' : 'SIGCONT');
    isStopped = leftMs < 0;
  };
  const timer = setInterval(look, lookEveryMs);
  return () => {
    clearInterval(timer);
    if (isStopped) process.kill(pid, 'SIGCONT');
  };
};
