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
