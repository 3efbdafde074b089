/**
 * How large a function's environment can become. Lambda takes 4 KB for all variables of a function, counted as JSON with
 * the names and with every quote in a value escaped; a deployment with more fails half-way. What only the deployment knows
 * is counted at its longest, so that the answer is there at synthesis.
 */

/** Longer than any of this app: the longest is a queue's URL, at most 57 characters and then a name of at most 80. */
export const deployTimeValueBytes = 160;

/** Lambda's 4 KB with a quarter to spare, for what a person adds at a deployed function. */
export const maxEnvironmentBytes = 3 * 1024;

/** A function's environment may become too large. */
export class EnvironmentSizeError extends Error {
  readonly code = 'ENVIRONMENT_TOO_LARGE';
  readonly bytes: number;

  constructor(name: string, bytes: number) {
    super(
      `the environment of the function ${name} must be at most ${maxEnvironmentBytes} bytes as JSON, got ${bytes} with each deploy-time value counted as ${deployTimeValueBytes}`,
    );
    this.name = 'EnvironmentSizeError';
    this.bytes = bytes;
  }
}

/** Throws `EnvironmentSizeError`. `variables` are resolved: text, or what CloudFormation will make text of. */
export const demandSmallEnvironment = (name: string, variables: Readonly<Record<string, unknown>>): void => {
  const bytes = environmentBytes(variables);
  if (bytes > maxEnvironmentBytes) throw new EnvironmentSizeError(name, bytes);
};

export const environmentBytes = (variables: Readonly<Record<string, unknown>>): number =>
  Buffer.byteLength(
    JSON.stringify(Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, longestText(value)]))),
  );

/** Text as long as a value can become. Of a join the text between the deploy-time values is known. */
const longestText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [separator, parts] = joinOf(value) ?? [];
  return parts === undefined ? 'x'.repeat(deployTimeValueBytes) : parts.map(longestText).join(separator);
};

const joinOf = (value: unknown): readonly [string, readonly unknown[]] | undefined => {
  const joined = typeof value === 'object' && value !== null && 'Fn::Join' in value ? value['Fn::Join'] : undefined;
  return Array.isArray(joined) && typeof joined[0] === 'string' && Array.isArray(joined[1])
    ? [joined[0], joined[1]]
    : undefined;
};
