/** What LevelDB has open in this process: its iterators say when they begin and when they are closed. */
import { createRequire } from 'node:module';

export type LevelResources = Readonly<{
  open: () => number;
  /** Since the watch began, those included that were closed. */
  opened: () => number;
  stop: () => void;
}>;

type Level = { attachResource: (resource: object) => void; detachResource: (resource: object) => void };

const load = createRequire(import.meta.url);

export const watchLevel = (): LevelResources => {
  const level: Level = load('abstract-level').AbstractLevel.prototype;
  const { attachResource, detachResource } = level;
  const open = new Set<object>();
  let opened = 0;
  level.attachResource = function (resource) {
    opened += 1;
    open.add(resource);
    attachResource.call(this, resource);
  };
  level.detachResource = function (resource) {
    open.delete(resource);
    detachResource.call(this, resource);
  };
  return {
    open: () => open.size,
    opened: () => opened,
    stop: () => Object.assign(level, { attachResource, detachResource }),
  };
};
