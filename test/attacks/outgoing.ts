import { Socket } from 'node:net';

/**
 * Every connection this process opens from now on, as `host:port` or a path: below `fetch`, `http` and `https`, so that
 * nothing is fetched unseen.
 */
export const watchOutgoing = (): Readonly<{ targets: string[]; stop: () => void }> => {
  const { connect } = Socket.prototype;
  const targets: string[] = [];
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    targets.push(targetOf(args));
    return Reflect.apply(connect, this, args);
  };
  return {
    targets,
    stop: () => {
      Socket.prototype.connect = connect;
    },
  };
};

// `connect(port, host)`, `connect(options)`, or Node's own form of either: an array that begins with the options.
const targetOf = ([first, second]: readonly unknown[]): string => {
  const to = Array.isArray(first) ? first[0] : first;
  if (typeof to !== 'object' || to === null) return `${second ?? 'localhost'}:${String(to)}`;
  const { host = 'localhost', port, path } = to as { host?: string; port?: number; path?: string };
  return path ?? `${host}:${port}`;
};
