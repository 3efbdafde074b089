/**
 * Names for people: the logical id without the path of the gateway's construct and without the eight hexadecimal digits the CDK
 * appends, or all of it where that would be ambiguous.
 */
export const shortNames = (logicalIds: readonly string[], gatewayPath: string): ReadonlyMap<string, string> => {
  const shortOf = (id: string): string => {
    const own = id.replace(/[0-9A-F]{8}$/, '');
    return own.startsWith(gatewayPath) ? own.slice(gatewayPath.length) : own;
  };
  const short = logicalIds.map(shortOf);
  return new Map(
    logicalIds.map((id) => [id, short.filter((one) => one === shortOf(id)).length === 1 ? shortOf(id) : id]),
  );
};
