/**
 * Numbers a device's sockets from 1 on, also when its client is replaced by another. The trace's own numbers do not serve: the
 * client counts its requests for tokens in the same row, so its first socket is number 2.
 */
export const createSocketNumbers = () => {
  let last = 0;
  return {
    /** For one client: the number of a connection of its trace. */
    ofClient: (): ((connection: number) => number) => {
      const known = new Map<number, number>();
      return (connection) => {
        const number = known.get(connection) ?? ++last;
        known.set(connection, number);
        return number;
      };
    },
  };
};
