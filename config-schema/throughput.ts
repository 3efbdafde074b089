/** How the tables are paid and how fast they are from the first moment: `provisionedThroughput`, `warmThroughput`, `auditTableClass`. */
import * as v from 'valibot';
import { section, whole } from './sections.ts';

/** DynamoDB lets a table have so much by default, and more by request. */
const mostUnits = 1_000_000;

const ProvisionedThroughput = v.pipe(
  section({
    minReads: v.optional(whole(1, mostUnits), 5),
    maxReads: whole(1, mostUnits),
    minWrites: v.optional(whole(1, mostUnits), 5),
    maxWrites: whole(1, mostUnits),
    /** Application Auto Scaling takes 20 to 90. */
    targetPercent: v.optional(whole(20, 90), 70),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { minReads, maxReads, minWrites, maxWrites } = dataset.value;
    const [key, least] = minReads > maxReads ? (['maxReads', minReads] as const) : (['maxWrites', minWrites] as const);
    const input = dataset.value[key];
    if (input >= least && minWrites <= maxWrites) return;
    addIssue({
      message: `must be as much as ${key.replace('max', 'min')}, which is ${least}`,
      input,
      path: [{ type: 'object', origin: 'value', input: { ...dataset.value }, key, value: input }],
    });
  }),
);

/**
 * A new table on demand has the least of both. One that is not said is not sent: a table may have grown beyond any default, and it refuses
 * to be lowered.
 */
const WarmThroughput = section({
  readsPerSecond: v.optional(whole(12_000, mostUnits)),
  writesPerSecond: v.optional(whole(4_000, mostUnits)),
});

export const tableClasses = ['standard', 'infrequent'] as const;

/** All of a stage's tables are on demand, but for the table of events where this says otherwise. */
export const throughputKeys = {
  /** Of the table of events: read and write units a second, which follow what is used between two bounds. */
  provisionedThroughput: v.optional(ProvisionedThroughput),
  /** Of the table of events: what it takes at once. It costs once, and cannot be lowered. */
  warmThroughput: v.optional(WarmThroughput),
  /** Of the audit table: cheaper to keep and dearer to write, or not. */
  auditTableClass: v.optional(v.picklist(tableClasses, 'must be "standard" or "infrequent"'), 'standard'),
};

type Throughput = Readonly<{
  provisionedThroughput?: v.InferOutput<typeof ProvisionedThroughput> | undefined;
  warmThroughput?: v.InferOutput<typeof WarmThroughput> | undefined;
}>;

/** A provisioned table is given its most at first, and must not be warm for less than it has. */
export const throughputFits = <Config extends Throughput>() =>
  v.rawCheck<Config>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { provisionedThroughput: { maxReads = 0, maxWrites = 0 } = {}, warmThroughput: warm = {} } = dataset.value;
    const bounds = [
      { key: 'readsPerSecond', bound: 'maxReads', most: maxReads },
      { key: 'writesPerSecond', bound: 'maxWrites', most: maxWrites },
    ] as const;
    for (const { key, bound, most } of bounds) {
      const input = warm[key];
      if (input !== undefined && input < most)
        addIssue({
          message: `must be as much as provisionedThroughput.${bound}, which is ${most}`,
          input,
          path: [
            { type: 'object', origin: 'value', input: dataset.value, key: 'warmThroughput', value: warm },
            { type: 'object', origin: 'value', input: warm, key, value: input },
          ],
        });
    }
  });
