/** Everything that a stage may be configured with. */
import * as v from 'valibot';
import { settingKeys } from './function-config.ts';
import { concurrencyFits, concurrencyKeys } from './max-concurrency.ts';
import { outboxFits, outboxKeys } from './outbox.ts';
import { section, text, whole } from './sections.ts';
import { resolvedDomain, stageDomainKeys } from './stage-domain.ts';
import { throughputFits, throughputKeys } from './throughput.ts';

/** What CloudWatch Logs accepts as `RetentionInDays`, forever excluded. */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const certificatePattern = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const emailPattern = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/;

const host = 'must be a lower-case host name';
const email = 'must be a mail address';
const retention = `must be one of ${logRetentionDays.join(', ')}`;
/** What functions can be bundled with. */
export const transports = ['sdk', 'thin'] as const;
const transport = 'must be "sdk" or "thin"';
const accountLogRole = 'must be "none", "existing" or "create"';

const runbookUrl = 'must be an https URL without credentials and fragment, of up to 300 characters';
const isRunbookUrl = (address: string): boolean => {
  if (!/^https:\/\/[\x21-\x7e]{1,292}$/.test(address) || address.includes('#') || !URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
};

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

/** Those that decide what a stage keeps: tables, their streams, and its users. */
const stateKeys = {
  issuers: settingKeys.issuers,
  /** Whether the stage's own user pool stays, unused, while `issuers` are listed. */
  keepUserPool: v.optional(v.boolean('must be true or false'), false),
  outbox: outboxKeys.outbox,
  ...throughputKeys,
};
export const StateKeys = v.pipe(section(stateKeys), throughputFits());

export const dashboards = ['small', 'full', 'none'] as const;

/** Those that decide who hears of trouble, and what they see. */
const monitoringKeys = {
  /** The page of graphs: one with up to 50 metrics, of which an account has three free, one with all, or none. */
  dashboard: v.optional(v.picklist(dashboards, 'must be "small", "full" or "none"'), 'small'),
  /** Who gets the alarms by mail; each address has to confirm. None: whoever subscribes to the topic. */
  alarmEmails: v.optional(v.array(text(emailPattern, email), 'must be a list'), []),
  /** Where people on call read the runbook: alarms link their headings there. None: they name the file of this project. */
  runbookUrl: v.optional(v.pipe(v.string(runbookUrl), v.check(isRunbookUrl, runbookUrl))),
};
export const MonitoringKeys = section(monitoringKeys);

/** As they stand in the file. `docs/configuration.md` lists them, and a test compares the two. */
export const StageKeys = section({
  ...settingKeys,
  ...stageDomainKeys,
  keepUserPool: stateKeys.keepUserPool,
  throttle: v.optional(Throttle, {}),
  logRetentionDays: v.optional(v.picklist(logRetentionDays, retention), 90),
  /** A name of one's own for the WebSocket URL. */
  domain: v.optional(Domain),
  /**
   * The account-wide role by which API Gateway writes logs. Without one a deployment that asks for logs fails, so `none`
   * means no access log and no execution log; `existing`: the account has the role; `create`: this stage makes it.
   */
  accountLogRole: v.optional(v.picklist(['none', 'existing', 'create'], accountLogRole), 'none'),
  alarmEmails: monitoringKeys.alarmEmails,
  /** What the functions reach AWS with: AWS's SDK, or the project's own files of `transport/` in its place. */
  transport: v.optional(v.picklist(transports, transport), 'sdk'),
  ...concurrencyKeys,
  /**
   * Of the fan-out and of the redelivery. The processor comes with it, a whole one with 1,769 MB, and posts are its work: a restaurant with
   * many sockets wants more, and one with five does with less. Every account may have 3,008.
   */
  fanOutMemoryMiB: v.optional(whole(512, 3008), 1024),
  ...throughputKeys,
  dashboard: monitoringKeys.dashboard,
  runbookUrl: monitoringKeys.runbookUrl,
  ...outboxKeys,
});

/** The domain is whole in what is read: what of it stands in the file, and what is a preset's, is nobody's matter any more. */
export const StageConfig = v.pipe(
  StageKeys,
  outboxFits(),
  concurrencyFits(),
  throughputFits(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const { extends: _, ...keys } = dataset.value;
    const resolved = resolvedDomain(dataset.value);
    if ('domain' in resolved) return { ...keys, ...resolved.domain, demoUsers: resolved.demoUsers };
    const { key: steps, message, input } = resolved;
    const [first, ...others] = steps.map(
      (key) => ({ type: 'unknown', origin: 'value', input: dataset.value, key, value: input }) as const,
    );
    addIssue({ message, input, ...(first && { path: [first, ...others] }) });
    return NEVER;
  }),
);

/** A stage's configuration with every default filled in. */
export type StageConfig = Readonly<v.InferOutput<typeof StageConfig>>;

/** What the functions reach AWS with. */
export type Transport = StageConfig['transport'];
