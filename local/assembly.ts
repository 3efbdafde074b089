import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { StartError } from './start-error.ts';

/** One resource of a template, its intrinsics unresolved. */
export type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };

/** One output of a template, its value unresolved. */
export type Output = { readonly Value: unknown; readonly Export?: { readonly Name: unknown } | undefined };

/** One synthesized stack: its template and where its assets lie. */
export type Stack = {
  readonly name: string;
  /** Undefined when the stack is deployed to whichever region the caller's profile names. */
  readonly region: string | undefined;
  readonly parameters: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, Output>>;
  /** Directory or file of each asset, by its object key in the staging bucket. */
  readonly assets: ReadonlyMap<string, string>;
};

/**
 * Reads the cloud assembly that `cdk synth` leaves in a directory: every stack with its template and its assets.
 * Throws `StartError` (`ASSEMBLY_UNREADABLE`) that names the file which is missing or is not what it should be.
 */
export const readAssembly = (dir: string): readonly Stack[] => {
  const artifacts = Object.entries(readJson(join(dir, 'manifest.json'), manifest).artifacts);
  const assets = new Map(
    artifacts.flatMap(([, artifact]) =>
      artifact.type === 'cdk:asset-manifest' ? assetsIn(dir, text(artifact.properties['file'])) : [],
    ),
  );
  return artifacts
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => ({
      name: text(artifact.properties['stackName']) ?? id,
      region: regionOf(artifact.environment),
      ...readJson(join(dir, text(artifact.properties['templateFile']) ?? `${id}.template.json`), template),
      assets,
    }));
};

const manifest = v.object({
  artifacts: v.record(
    v.string(),
    v.object({
      type: v.string(),
      environment: v.optional(v.string()),
      properties: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
  ),
});

const template = v.pipe(
  v.object({
    Parameters: v.optional(v.record(v.string(), v.object({ Default: v.optional(v.unknown()) })), {}),
    Resources: v.record(
      v.string(),
      v.object({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) }),
    ),
    Outputs: v.optional(
      v.record(v.string(), v.object({ Value: v.unknown(), Export: v.optional(v.object({ Name: v.unknown() })) })),
      {},
    ),
  }),
  v.transform(({ Parameters, Resources, Outputs }) => ({
    parameters: Parameters,
    resources: Resources,
    outputs: Outputs,
  })),
);

const assetManifest = v.object({
  files: v.optional(
    v.record(
      v.string(),
      v.object({
        source: v.object({ path: v.optional(v.string()) }),
        destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
      }),
    ),
    {},
  ),
});

const assetsIn = (dir: string, file: string | undefined): readonly (readonly [string, string])[] =>
  Object.values(readJson(join(dir, file ?? 'assets.json'), assetManifest).files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(dir, source.path ?? '.')] as const),
  );

const readJson = <Schema extends v.GenericSchema>(file: string, schema: Schema): v.InferOutput<Schema> => {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new StartError('ASSEMBLY_UNREADABLE', `${file} cannot be read as JSON: synthesize the app first.`, { cause });
  }
  const checked = v.safeParse(schema, read);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const place = v.getDotPath(issue) ?? 'the file';
  throw new StartError('ASSEMBLY_UNREADABLE', `${file} is no cloud assembly file: ${place}: ${issue.message}.`);
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `aws://account/region`; `unknown-region` means the stack does not say. */
const regionOf = (environment: string | undefined): string | undefined => {
  const region = environment?.split('/').at(-1);
  return region === 'unknown-region' ? undefined : region;
};
