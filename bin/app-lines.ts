/** What `start` says of the app around the gateway. */
import type { GivenValues } from '../local/given-values.ts';

/** What the app has beside the gateway, in one line, or nothing. */
export const leftAloneLine = (leftAlone: ReadonlyMap<string, number>): string => {
  const types = [...leftAlone].toSorted(([a], [b]) => a.localeCompare(b));
  if (types.length === 0) return '';
  const counted = types.map(([type, count]) => `${count === 1 ? '' : `${count} `}${type.replace(/^AWS::/, '')}`);
  return `What else the app has is left alone: ${counted.join(', ')}.\n\n`;
};

/** What somebody gives for this machine, and nobody asks for: it may be a slip of the pen. */
export const unaskedLine = ({ unasked, file }: Pick<GivenValues, 'unasked' | 'file'>): string => {
  const keys = unasked().map((key) => JSON.stringify(key));
  return keys.length === 0 ? '' : `Nothing of this gateway asks for ${keys.join(', ')} of ${file}.\n\n`;
};

/** What was not looked up. */
export const lookUpLines = (missing: readonly string[]): readonly string[] => {
  const [first, ...others] = missing;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return [
    `cdk.context.json does not have ${first}${more}, and nothing is looked up in AWS here: the CDK's stand-ins are taken ("npx cdk synth" writes what there is).`,
  ];
};
