/** How the outputs of a gateway are called in somebody's stack. */

/**
 * Those of some outputs that are a gateway's by this name: the one that has it, as in this project's own stacks, else those that have
 * the path of a construct before it and a hash behind, as `DoorGatewayManagementUrl1A2B3C4D`.
 */
export const outputsNamed = <Output>(
  outputs: readonly Output[],
  idOf: (output: Output) => string,
  name: string,
): readonly Output[] => {
  const own = outputs.filter((output) => idOf(output) === name);
  return own.length > 0
    ? own
    : outputs.filter((output) =>
        idOf(output)
          .replace(/[0-9A-F]{8}$/, '')
          .endsWith(name),
      );
};
