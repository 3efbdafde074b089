/** The configuration of a stage: one JSON file, read and validated once, before anything is built from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { BudgetConfig } from './budget-config.ts';
import { section, text, whole } from './config-sections.ts';
import { IssuerConfig, issuersAreDistinct } from './issuer-config.ts';

/** What CloudWatch Logs accepts as `RetentionInDays`, forever excluded. */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const stageNamePattern = /^[a-z][a-z0-9-]{0,19}$/;
const certificatePattern = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const emailPattern = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/;
const originPattern = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/;

const origin = 'must be an origin such as "https://till.example.com": scheme, host, port if any, no path';
const host = 'must be a lower-case host name';
const email = 'must be a mail address';
const retention = `must be one of ${logRetentionDays.join(', ')}`;
const accountLogRole = 'must be "none", "existing" or "create"';

const Domain = section({
  name: text(hostPattern, host),
  /** In the region of the deployment. */
  certificateArn: text(certificatePattern, 'must be the ARN of an ACM certificate'),
  hostedZoneId: text(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a Route 53 hosted zone'),
  hostedZoneName: text(hostPattern, host),
});

/** Each route of a stage has these limits to itself. Quotas: the account has 10,000 requests/s, burst 5,000, for all. */
const Throttle = section({
  ratePerSecond: v.optional(whole(1, 10_000), 1000),
  burst: v.optional(whole(1, 5000), 1000),
});

/** What a stage may be configured with. `docs/configuration.md` lists its keys, and a test compares the two. */
export const StageConfig = section({
  /** Time a device has for its first message. */
  authTimeoutSeconds: v.optional(whole(1, 30), 5),
  /**
   * Web pages that may connect, by origin. Apps and devices send none and may always connect, as may a page of the
   * gateway's own origin. None listed: nobody else.
   */
  allowedOrigins: v.optional(v.array(text(originPattern, origin), 'must be a list'), []),
  /** Trusted token issuers; none listed: the stage gets a Cognito user pool of its own. */
  issuers: v.optional(v.pipe(v.array(IssuerConfig, 'must be a list'), issuersAreDistinct), []),
  throttle: v.optional(Throttle, {}),
  /** What one address, or one session, may do. */
  budgets: v.optional(BudgetConfig, {}),
  /** How long an audit record is kept: 13 months of 30 days and a bit. */
  auditRetentionDays: v.optional(whole(1, 3653), 400),
  /** How long an event can be replayed, and a device's id for one keeps it from being published twice. */
  eventRetentionHours: v.optional(whole(1, 168), 24),
  logRetentionDays: v.optional(v.picklist(logRetentionDays, retention), 90),
  /** A name of one's own for the WebSocket URL. */
  domain: v.optional(Domain),
  /**
   * The account-wide role by which API Gateway writes logs. Without one a deployment that asks for logs fails, so `none`
   * means no access log and no execution log; `existing`: the account has the role; `create`: this stage makes it.
   */
  accountLogRole: v.optional(v.picklist(['none', 'existing', 'create'], accountLogRole), 'none'),
  /** Who gets the alarms by mail; each address has to confirm. None: whoever subscribes to the topic. */
  alarmEmails: v.optional(v.array(text(emailPattern, email), 'must be a list'), []),
  /** Concurrency set aside for each function. A new account has 10 in all and could not grant any. */
  reservedConcurrency: v.optional(whole(1, 1000)),
});

/** A stage's configuration with every default filled in. */
export type StageConfig = Readonly<v.InferOutput<typeof StageConfig>>;

/** A stage cannot be configured. The message is one sentence that names the file and key, what was expected and got. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly file: string;
  readonly key: string | undefined;

  constructor(at: { file: string; key?: string | undefined }, problem: string, options?: ErrorOptions) {
    super(`${at.key === undefined ? at.file : `${at.file}: ${at.key}`} ${problem}`, options);
    this.name = 'ConfigError';
    this.file = at.file;
    this.key = at.key;
  }
}

/** The configuration in `<directory>/<stage>.json`; throws `ConfigError`. */
export const readStageConfig = (directory: string, stage: string): StageConfig => {
  if (!stageNamePattern.test(stage))
    throw new ConfigError(
      { file: 'stage name' },
      `must be up to 20 of a-z, 0-9 and "-", a letter first, got ${shown(stage)}`,
    );
  const file = `config/${stage}.json`;
  let content: string;
  try {
    content = readFileSync(join(directory, `${stage}.json`), 'utf8');
  } catch (cause) {
    throw new ConfigError({ file }, `cannot be read; stages with a file are ${stagesIn(directory)}`, { cause });
  }
  return parseStageConfig(file, content);
};

/** The configuration in a file's text; throws `ConfigError`. */
export const parseStageConfig = (file: string, content: string): StageConfig => {
  let unverified: unknown;
  try {
    unverified = JSON.parse(content);
  } catch (cause) {
    throw new ConfigError({ file }, `is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
    });
  }
  const parsed = v.safeParse(StageConfig, unverified);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const key = v.getDotPath(issue) ?? undefined;
  throw new ConfigError({ file, key }, `${issue.message}, got ${shown(issue.input)}`);
};

const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= 80 ? json : `${json.slice(0, 80)}…`;
};

const stagesIn = (directory: string): string => {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
      .join(', ');
  } catch {
    return 'none';
  }
};
