/** The local gateway in the middle of a release: which version of a function answers is said from one moment to the next. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { localTarget, placesOf, type Target } from '../../bin/target.ts';
import type { AwsCall } from '../../local/aws-call.ts';
import type { Fate } from '../../local/faults.ts';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { type Assemblies, rollingAssembly } from './rolling-assembly.ts';

export type Version = 'before' | 'now';

const functions = ['Connect', 'Authenticate', 'Message', 'Disconnect', 'AuthTimeout', 'FanOut'] as const;
export type FunctionName = (typeof functions)[number];

export type Item = Readonly<Record<string, unknown>>;

export type RollingGateway = Readonly<{
  gateway: Gateway;
  /** The tables, for people. */
  target: Target;
  /** From now on these functions are of that version; all of them where none is named. */
  use: (version: Version, ...names: readonly FunctionName[]) => void;
  /** Runs a function of that version; what it returned. Throws when it did not return. */
  invoke: (name: FunctionName, version: Version, event: object) => Promise<unknown>;
  /** Asked before each call of a function to a table or queue, until `undefined` takes its place. */
  onCall: (fate: ((call: AwsCall) => Fate) | undefined) => void;
  /** The row of a connection that gave this user agent. */
  rowOf: (userAgent: string) => Promise<Item | undefined>;
  /** What the audit table says of it, by time. */
  recordsOf: (userAgent: string) => Promise<readonly Item[]>;
  /** Every item of the audit table. */
  allRecords: () => Promise<readonly Item[]>;
  close: () => Promise<void>;
}>;

export const startRollingGateway = async (assemblies: Assemblies): Promise<RollingGateway> => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-rolling-'));
  const versionsFile = join(dir, 'versions.json');
  const versions = new Map<string, Version>();
  const use: RollingGateway['use'] = (version, ...names) => {
    for (const name of names.length > 0 ? names : functions) versions.set(name, version);
    // As a whole: a function may read it at any moment.
    writeFileSync(`${versionsFile}.new`, JSON.stringify(Object.fromEntries(versions)));
    renameSync(`${versionsFile}.new`, versionsFile);
  };
  use('now');
  rollingAssembly(assemblies, join(dir, 'cdk.out'), versionsFile);

  let onCall: ((call: AwsCall) => Fate) | undefined;
  const gateway = await startGateway({
    assemblyDir: join(dir, 'cdk.out'),
    faults: { awsCall: (call) => onCall?.(call) ?? 'pass' },
  });
  const target = localTarget(placesOf(gateway));
  const itemsIn = async (TableName: string): Promise<readonly Item[]> => {
    const { Items = [] } = await target.audit.client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.toSorted((a, b) => String(a['time']).localeCompare(String(b['time'])));
  };
  const allRecords = () => itemsIn(gateway.tables.audit);

  return {
    gateway,
    target,
    use,
    invoke: async (name, version, event) => {
      use(version, name);
      const outcome = await gateway.invoke(`${name}Function`, event);
      if (outcome.kind === 'returned') return outcome.value;
      throw new Error(`${name} of ${version}: ${JSON.stringify(outcome)}`);
    },
    onCall: (fate) => {
      onCall = fate;
    },
    rowOf: async (userAgent) =>
      (await itemsIn(gateway.tables.connections)).find((item) => item['user_agent'] === userAgent),
    recordsOf: async (userAgent) => (await allRecords()).filter((item) => item['user_agent'] === userAgent),
    allRecords,
    close: async () => {
      await gateway.close();
      rmSync(dir, { recursive: true });
    },
  };
};
