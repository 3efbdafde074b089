/** PURE. Who is there, as a device is told, and which device asks. */
import type { Present } from '../client/src/index.ts';
import type { DemoConnectionType } from './rows.ts';

export const presenceColumns = ['User', 'Role', 'Type', 'Device (unverified)', 'Since'] as const;

export const presenceRows = (present: readonly Present[]): readonly (readonly string[])[] =>
  present
    .toSorted((a, b) => a.since.localeCompare(b.since))
    .map(({ userId, role, connectionType, deviceId, since }) => [
      userId,
      role,
      connectionType,
      deviceId ?? '',
      new Date(since).toLocaleTimeString('en-GB'),
    ]);

export const presenceCaption = (asker: string, present: readonly Present[]): string =>
  `${present.length === 1 ? '1 device' : `${present.length} devices`}, as ${asker} is told`;

/** A device of the page that is connected. */
type Connected = Readonly<{ name: string; connectionType: DemoConnectionType['name'] }>;

/** The device that asks who is there, or why none does. */
export const askerOf = <One extends Connected>(
  connected: readonly One[],
  types: readonly DemoConnectionType[],
): One | string => {
  const able = types.filter(({ asksWho }) => asksWho);
  const asker = connected.find(({ connectionType }) => able.some(({ name }) => name === connectionType));
  if (asker !== undefined) return asker;
  if (able.length === 0) return 'No connection type of this stage may ask who is there.';
  const names = able.map(({ title, name }) => `${title} (${name})`).join(', ');
  return `Nobody asks: of this stage's connection types these may, and none is connected here: ${names}.`;
};
