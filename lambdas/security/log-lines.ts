/**
 * A function's log: one JSON object a line, as AWS's Powertools write it, whose queries and tools read it. They are 23 KB of a bundle. Two of
 * their fields are left out: the rate of sampling, since nothing is sampled, and the trace of what went well, which is found by its
 * connection or its restaurant. A line for each event and restaurant would be a third longer with them, and logs are paid by the byte.
 */
import { type Environment, serviceName } from '../env.ts';

type Level = 'info' | 'warn' | 'error' | 'critical';

/** What can be written as it is: nothing that JSON has no form for, and no error, whose text may quote a client. */
type Value = string | number | boolean | null | undefined | readonly Value[];

/** A line at a level; fields without a value are left out, and so are those that have the name of one of the line's own. */
export type LogLines = Readonly<Record<Level, (message: string, fields: Readonly<Record<string, Value>>) => void>>;

/** From the least important one: a function's application level leaves out what stands before it. */
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'];

/** @param write takes a line without its end */
export const logLines = (
  env: Environment,
  now: () => number,
  write: (line: string, level: Level) => void,
): LogLines => {
  const least = levels.indexOf(env['AWS_LAMBDA_LOG_LEVEL']?.replace('FATAL', 'CRITICAL') ?? 'INFO');
  const at =
    (level: Level): LogLines[Level] =>
    (message, fields) => {
      const name = level.toUpperCase();
      if (levels.indexOf(name) < least) return;
      const trace = level === 'info' ? undefined : /Root=([^;]+)/.exec(env['_X_AMZN_TRACE_ID'] ?? '')?.[1];
      const own = {
        ...{ level: name, message, timestamp: new Date(now()).toISOString(), service: serviceName },
        ...(trace !== undefined && { xray_trace_id: trace }),
      };
      const said = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
      // Its own come first in the line, and again at the end, so that no field passes for one of them.
      write(JSON.stringify({ ...own, ...Object.fromEntries(said), ...own }), level);
    };
  return { info: at('info'), warn: at('warn'), error: at('error'), critical: at('critical') };
};
