/** How the outputs of a gateway are called in somebody's stack. */

/**
 * What stands before a name in an output's id: nothing where it is the name itself, as in this project's own stacks, else the path of the
 * construct where a hash stands behind, as in `DoorGatewayManagementUrl1A2B3C4D`. Undefined: the output is none of this name.
 */
export const pathBefore = (id: string, name: string): string | undefined => {
  if (id === name) return '';
  const unhashed = id.replace(/[0-9A-F]{8}$/, '');
  return unhashed !== id && unhashed.length > name.length && unhashed.endsWith(name)
    ? unhashed.slice(0, -name.length)
    : undefined;
};

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
