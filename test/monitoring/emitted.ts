/** What CloudWatch makes of the functions' metric lines: the metrics there are. */
import { functionLines, type NamedLine } from './real-lines.ts';

type Emf = Readonly<{
  _aws: Readonly<{
    CloudWatchMetrics: readonly Readonly<{
      Namespace: string;
      Dimensions: readonly (readonly string[])[];
      Metrics: readonly Readonly<{ Name: string; Unit: string }>[];
    }>[];
  }>;
  [dimension: string]: unknown;
}>;

/** A metric in one text: its name and dimensions, sorted. */
export const metricText = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string =>
  `${namespace} ${name} ${Object.entries(dimensions)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ')}`;

const metricsIn = ({ line }: NamedLine) => {
  const emf: Emf = JSON.parse(line);
  return emf._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({ Namespace, Name, names, values: names.map((name) => [name, String(emf[name])]) })),
    ),
  );
};

const all = functionLines()
  .filter(({ name }) => name.startsWith('metric of '))
  .flatMap(metricsIn);

/** Every metric the functions emit, with the dimensions it has. */
export const emittedMetrics: ReadonlySet<string> = new Set(
  all.map(({ Namespace, Name, values }) => metricText(Namespace, Name, Object.fromEntries(values))),
);

/** The sets of dimensions of each metric, as a search names them: `{namespace,dimension,…}`. */
export const emittedSchemas: ReadonlySet<string> = new Set(
  all.map(({ Namespace, Name, names }) => `${Name} {${[Namespace, ...[...names].sort()].join(',')}}`),
);
