import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { accountId } from './names.ts';
import { StartError } from './start-error.ts';

/** One resource of a template, its intrinsics unresolved. */
export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  /** Where it is one of those that a template has under a condition. */
  readonly Condition?: string | undefined;
};

/** One parameter of a template. */
export type Parameter = { readonly Type?: string | undefined; readonly Default?: unknown };

/** One output of a template, its value unresolved. */
export type Output = { readonly Value: unknown; readonly Export?: { readonly Name: unknown } | undefined };

/** One synthesized stack: its template and where its assets lie. */
export type Stack = {
  readonly name: string;
  /** Undefined when the stack is deployed to whichever region the caller's profile names. */
  readonly region: string | undefined;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, Output>>;
  /** Directory or file of each asset, by its object key in the staging bucket. */
  readonly assets: ReadonlyMap<string, string>;
  /** The path of the construct behind a logical id, such as `Shop/Door/Gateway/ManagementUrl`; empty where the assembly does not say. */
  readonly paths: ReadonlyMap<string, string>;
};

/**
 * Reads the cloud assembly that `cdk synth` leaves in a directory: every stack with its template and its assets, those of the
 * app's stages included.
 * Throws `StartError` (`ASSEMBLY_UNREADABLE`) that names the file which is missing or is not what it should be.
 */
export const readAssembly = (dir: string): readonly Stack[] => {
  const artifacts = Object.entries(readJson(join(dir, 'manifest.json'), manifest).artifacts);
  const assets = new Map(
    artifacts.flatMap(([, artifact]) =>
      artifact.type === 'cdk:asset-manifest' ? assetsIn(dir, text(artifact.properties['file'])) : [],
    ),
  );
  return artifacts.flatMap(([id, { type, environment, properties, metadata, additionalMetadataFile }]) => {
    if (type === 'cdk:cloud-assembly') return readAssembly(join(dir, text(properties['directoryName']) ?? id));
    if (type !== 'aws:cloudformation:stack') return [];
    const [account, region] = environmentOf(environment);
    const file = join(dir, text(properties['templateFile']) ?? `${id}.template.json`);
    const told =
      additionalMetadataFile === undefined ? metadata : readJson(join(dir, additionalMetadataFile), metadataFile);
    return {
      name: text(properties['stackName']) ?? id,
      region,
      ...readJson(file, template, (content) => inLocalAccount(content, account)),
      assets,
      paths: pathsIn(told),
    };
  });
};

/** What the app looks up in AWS and is not told by `cdk.context.json`: the CDK takes a value of its own making then. */
export const missingLookups = (dir: string): readonly string[] => {
  const { missing, artifacts } = readJson(join(dir, 'manifest.json'), manifest);
  return [
    ...missing.map(({ key }) => key),
    ...Object.values(artifacts).flatMap(({ type, properties }) =>
      type === 'cdk:cloud-assembly' ? missingLookups(join(dir, text(properties['directoryName']) ?? '')) : [],
    ),
  ];
};

const metadataFile = v.record(v.string(), v.array(v.object({ type: v.string(), data: v.optional(v.unknown()) })));

const manifest = v.object({
  artifacts: v.record(
    v.string(),
    v.object({
      type: v.string(),
      environment: v.optional(v.string()),
      properties: v.optional(v.record(v.string(), v.unknown()), {}),
      metadata: v.optional(metadataFile, {}),
      additionalMetadataFile: v.optional(v.string()),
    }),
  ),
  missing: v.optional(v.array(v.object({ key: v.string() })), []),
});

const template = v.pipe(
  v.object({
    Parameters: v.optional(
      v.record(v.string(), v.object({ Type: v.optional(v.string()), Default: v.optional(v.unknown()) })),
      {},
    ),
    Conditions: v.optional(v.record(v.string(), v.unknown()), {}),
    Mappings: v.optional(v.record(v.string(), v.record(v.string(), v.record(v.string(), v.unknown()))), {}),
    // A stack may be there for its outputs alone.
    Resources: v.optional(
      v.record(
        v.string(),
        v.object({
          Type: v.string(),
          Properties: v.optional(v.record(v.string(), v.unknown()), {}),
          Condition: v.optional(v.string()),
        }),
      ),
      {},
    ),
    Outputs: v.optional(
      v.record(v.string(), v.object({ Value: v.unknown(), Export: v.optional(v.object({ Name: v.unknown() })) })),
      {},
    ),
  }),
  v.transform(({ Parameters, Conditions, Mappings, Resources, Outputs }) => ({
    parameters: Parameters,
    conditions: Conditions,
    mappings: Mappings,
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

const readJson = <Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
  change: (content: string) => string = (content) => content,
): v.InferOutput<Schema> => {
  let read: unknown;
  try {
    read = JSON.parse(change(readFileSync(file, 'utf8')));
  } catch (cause) {
    const problem = existsSync(file) ? 'cannot be read as JSON' : 'is not there';
    throw new StartError('ASSEMBLY_UNREADABLE', `${file} ${problem}: synthesize the app first.`, { cause });
  }
  const checked = v.safeParse(schema, read);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const place = v.getDotPath(issue) ?? 'the file';
  throw new StartError('ASSEMBLY_UNREADABLE', `${file} is no cloud assembly file: ${place}: ${issue.message}.`);
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `aws://account/region`, of which a stack need not say either. */
const environmentOf = (environment: string | undefined): readonly (string | undefined)[] =>
  (environment?.split('/').slice(-2) ?? []).map((part) => (part.startsWith('unknown-') ? undefined : part));

/** A stack that is for one account has its number in every ARN; here there is one account, whatever it is called. */
const inLocalAccount = (content: string, account: string | undefined): string =>
  account === undefined ? content : content.replaceAll(new RegExp(`\\b${account}\\b`, 'g'), accountId);

const pathsIn = (metadata: v.InferOutput<typeof metadataFile>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(metadata).flatMap(([path, entries]) =>
      entries.flatMap(({ type, data }) =>
        type === 'aws:cdk:logicalId' && typeof data === 'string' ? [[data, path.replace(/^\//, '')] as const] : [],
      ),
    ),
  );
