/**
 * Names for people: the logical id without the eight hexadecimal digits the CDK appends, or all of it where that would be
 * ambiguous.
 */
export const shortNames = (logicalIds: readonly string[]): ReadonlyMap<string, string> => {
  const short = logicalIds.map(withoutHash);
  return new Map(
    logicalIds.map((id) => [id, short.filter((one) => one === withoutHash(id)).length === 1 ? withoutHash(id) : id]),
  );
};

const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');
