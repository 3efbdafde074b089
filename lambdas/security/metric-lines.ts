/**
 * What an invocation counted, as the lines from which CloudWatch makes metrics (the embedded metric format). Pure. One line takes all that
 * fits: its dimensions are its fields, so two values of one dimension are two lines.
 */
import { serviceName } from '../env.ts';

/** One value of a metric. */
export type Counted = Readonly<{
  name: string;
  unit: 'Count' | 'Milliseconds';
  value: number;
  /** What the metric is told apart by, beside service and stage. */
  dimensions: Readonly<Record<string, string>>;
  /** The sets of them that each make a metric of their own. */
  sets: readonly (readonly string[])[];
}>;

/** How long an invocation ran; of the first one of a sandbox, how long that took to start before. */
export type Run = Readonly<{ ranMs: number; startedInMs?: number }>;

type Metric = { readonly first: Counted; readonly values: number[] };
type Line = { readonly dimensions: Record<string, string>; readonly metrics: Map<string, Metric> };

/** CloudWatch takes no more of one metric in a line. */
const maxValues = 100;

/** A run that counted nothing is told where it took longer. */
const slowMs = 1_000;

/** The lines of an invocation. The run stands in the first of them; a short one that counted nothing needs none, unless a sandbox began with it. */
export const metricLines = (
  stage: string,
  counted: readonly Counted[],
  nowMs: number,
  run: Run | undefined,
): readonly Readonly<Record<string, unknown>>[] => {
  const own = { service: serviceName, stage };
  const [first, ...others] = linesOf(counted).map((line) => ({ ...metadata(line, nowMs), ...own, ...fieldsOf(line) }));
  if (first !== undefined) return [{ ...first, ...fieldsOfRun(run) }, ...others];
  const isTold = run !== undefined && (run.startedInMs !== undefined || run.ranMs >= slowMs);
  return isTold ? [{ ...own, ...fieldsOfRun(run) }] : [];
};

const fieldsOfRun = (run: Run | undefined) =>
  run === undefined
    ? {}
    : {
        run_ms: Math.round(run.ranMs),
        ...(run.startedInMs === undefined ? {} : { cold_start: 1, init_ms: Math.round(run.startedInMs) }),
      };

const linesOf = (counted: readonly Counted[]): readonly Line[] => {
  const lines: Line[] = [];
  for (const one of counted) {
    let line = lines.find((candidate) => hasRoom(candidate, one));
    if (line === undefined) {
      line = { dimensions: {}, metrics: new Map() };
      lines.push(line);
    }
    Object.assign(line.dimensions, one.dimensions);
    const metric = line.metrics.get(one.name) ?? { first: one, values: [] };
    metric.values.push(one.value);
    line.metrics.set(one.name, metric);
  }
  return lines;
};

/** A metric that is in the line has the dimensions of its first value. */
const hasRoom = ({ dimensions, metrics }: Line, one: Counted): boolean =>
  Object.entries(one.dimensions).every(([name, value]) => (dimensions[name] ?? value) === value) &&
  (metrics.get(one.name)?.values.length ?? 0) < maxValues;

const metadata = ({ metrics }: Line, nowMs: number) => ({
  _aws: {
    Timestamp: nowMs,
    CloudWatchMetrics: [...Map.groupBy(metrics.values(), ({ first }) => JSON.stringify(first.sets)).values()].map(
      (alike) => ({
        Namespace: serviceName,
        Dimensions: alike[0]?.first.sets.map((names) => ['service', 'stage', ...names]),
        Metrics: alike.map(({ first }) => ({ Name: first.name, Unit: first.unit })),
      }),
    ),
  },
});

const fieldsOf = ({ dimensions, metrics }: Line) => ({
  ...dimensions,
  ...Object.fromEntries([...metrics].map(([name, { values }]) => [name, values.length === 1 ? values[0] : values])),
});
