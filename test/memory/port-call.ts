/** How one call of a port goes: when others may run in between, and what can go wrong with it. */

/**
 * What becomes of a call. `lost` and `answer_lost` throw, before and after it was applied. `retried` is the SDK's second
 * try after the first was applied and its answer lost. `stops_before` and `stops_after` end the whole invocation there.
 */
export type Fate = 'done' | 'lost' | 'answer_lost' | 'retried' | 'stops_before' | 'stops_after';

/** Decides the fate of a call by its name and its number within the invocation, from 1. */
export type Conduct = (call: string, nth: number) => Fate;

/** Where something else may run: before each call is applied and before its answer arrives. */
export type Pause = (call: string) => Promise<unknown>;

/** Applies a change at once, unless its fate says otherwise. */
export type Perform = <T>(call: string, apply: () => T) => Promise<T>;

export const allGoesWell: Conduct = () => 'done';

/** One call of that name (any but the first with `nth`) has that fate, every other goes well. */
export const when = (call: string, fate: Fate, nth = 1): Conduct => {
  let seen = 0;
  return (name) => (name === call && ++seen === nth ? fate : 'done');
};

/** Every call of these names throws without being applied: the thing behind them is down. */
export const down = (...calls: readonly string[]): Conduct => {
  return (name) => (calls.includes(name) ? 'lost' : 'done');
};

/** What a client of the network throws when no answer came. */
export class NoAnswer extends Error {
  readonly code = 'NO_ANSWER';

  constructor(call: string) {
    super(`no answer to ${call}`);
    this.name = 'NoAnswer';
  }
}

/** The calls of one invocation of a function. `stopped` settles when it ended before its time. */
export type Invocation = Readonly<{ perform: Perform; stopped: Promise<'stopped'> }>;

export const invocation = (pause: Pause, conduct: Conduct): Invocation => {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<'stopped'>();
  let calls = 0;
  let isStopped = false;

  const stopHere = (): Promise<never> => {
    isStopped = true;
    stop('stopped');
    return new Promise(() => {});
  };

  const perform: Perform = async (call, apply) => {
    const fate = conduct(call, ++calls);
    await pause(call);
    // The other calls that were under way end with the sandbox.
    if (isStopped || fate === 'stops_before') return stopHere();
    if (fate === 'lost') throw new NoAnswer(call);
    const applied = apply();
    if (fate === 'stops_after') return stopHere();
    await pause(`${call} answers`);
    if (isStopped) return stopHere();
    if (fate === 'answer_lost') throw new NoAnswer(call);
    return fate === 'retried' ? apply() : applied;
  };
  return { perform, stopped };
};
