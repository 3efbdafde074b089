/** What a function logs and counts with. */
import { type Environment, environment, textFrom } from '../env.ts';
import { invocationMetrics } from '../security/invocation-metrics.ts';
import { logLines } from '../security/log-lines.ts';
import type { TelemetryTools } from '../security/telemetry.ts';
import type { Deadline } from './deadline.ts';

/** Not the console: under the JSON format the runtime wraps what is printed there, and a wrapped line makes no metric. */
const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

const writeLog: Parameters<typeof logLines>[2] = (line, level) =>
  void (level === 'info' ? process.stdout : process.stderr).write(`${line}\n`);

export const telemetryTools = (deadline: Deadline, env: Environment): TelemetryTools => {
  const metrics = invocationMetrics(textFrom(env, environment.stage), writeLine, Date.now);
  deadline.atEnd(metrics.tell);
  return { logger: logLines(env, Date.now, writeLog), metrics };
};
