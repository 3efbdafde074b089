/** One run of a script, as it went. */
import type { Platform } from '../memory/platform.ts';
import type { QueueMessage } from '../memory/timer.ts';
import type { World } from '../memory/world.ts';
import type { Script } from './script.ts';

/** A message that was said: whose request it was and when it arrived. */
export type Request = Readonly<{ requestId: string; text: string; arrivedAtMs: number }>;

export type Performance = Readonly<{
  script: Script;
  world: World;
  door: Platform;
  requests: readonly Request[];
  /** Queue messages a function got, each once. */
  delivered: readonly QueueMessage[];
  /** Whether `$disconnect` has come. */
  disconnected: boolean;
  /** What was broken while it went on. */
  broken: readonly string[];
}>;
