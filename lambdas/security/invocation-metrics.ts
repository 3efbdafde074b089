import { type Counted, metricLines, type Run } from './metric-lines.ts';

/** The metrics of a sandbox. What is counted is told at the end of the invocation that counted it. */
export type InvocationMetrics = Readonly<{
  count: (counted: Counted) => void;
  /** Tells what was counted since the last time, and of the run where it is over. */
  tell: (run?: Run) => void;
}>;

/** @param write takes a line without its end */
export const invocationMetrics = (
  stage: string,
  write: (line: string) => void,
  now: () => number,
): InvocationMetrics => {
  let counted: Counted[] = [];
  return {
    count: (one) => void counted.push(one),
    tell: (run) => {
      const told = counted;
      counted = [];
      for (const line of metricLines(stage, told, now(), run)) write(JSON.stringify(line));
    },
  };
};
