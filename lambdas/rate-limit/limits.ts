import * as v from 'valibot';
import { type Environment, EnvironmentError, environment, textFrom } from '../env.ts';
import type { Rate } from './gcra.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(1));
const RateLimits = v.object({
  connects_per_minute: whole,
  hostile_failures: whole,
  records_per_minute: whole,
  messages_per_minute: whole,
  message_burst: whole,
  pings_per_minute: whole,
  ping_burst: whole,
});

/** What one address, or one session, may do. `lib/` fills in every default. */
export type RateLimits = Readonly<v.InferOutput<typeof RateLimits>>;

/** The rate of a session's messages, pings apart. */
export const messageRate = ({ messages_per_minute, message_burst }: RateLimits): Rate => ({
  perMinute: messages_per_minute,
  burst: message_burst,
});

/** Reads `BUDGETS`; throws `EnvironmentError` when it is not complete. */
export const rateLimitsFrom = (env: Environment): RateLimits => {
  let value: unknown;
  try {
    value = JSON.parse(textFrom(env, environment.budgets));
  } catch (cause) {
    if (cause instanceof EnvironmentError) throw cause;
    throw new EnvironmentError(environment.budgets, 'JSON', { cause });
  }
  const parsed = v.safeParse(RateLimits, value);
  if (parsed.success) return parsed.output;
  throw new EnvironmentError(
    environment.budgets,
    `complete (${v.getDotPath(parsed.issues[0])}: ${parsed.issues[0].message})`,
  );
};
