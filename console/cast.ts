/** PURE. Which devices the page begins with: enough to see an event go from one to another, and who is there. */
import type { ConnectionType } from '../protocol/identifiers.ts';
import type { Demo, DemoUser } from './rows.ts';

export type Part = Readonly<{
  /** What the device is called on the page. */
  name: string;
  user: string;
  connectionType: ConnectionType;
}>;

/**
 * Who hears the first event of the stage, who sends it, and who may ask for the others; where devices publish nothing, somebody who may
 * hear backends. Each is played by another user if there are as many.
 */
export const castOf = ({ connectionTypes, events, users, restaurants }: Demo): readonly Part[] => {
  const first = events[0];
  const sender = first?.from[0];
  const wanted = [
    first?.audience.find((type) => type !== sender),
    sender ?? connectionTypes[0]?.name,
    connectionTypes.find(({ asksWho }) => asksWho)?.name,
  ];
  const members = users.filter(({ restaurant }) => restaurant === restaurants[0]);
  const cast: Part[] = [];
  for (const wantedType of new Set(wanted)) {
    const type = connectionTypes.find(({ name }) => name === wantedType);
    const user = type && playerOf(type.name, members, cast);
    if (type !== undefined && user !== undefined)
      cast.push({ name: type.title, user: user.name, connectionType: type.name });
  }
  return cast;
};

/** Somebody new, and of those who may least. */
const playerOf = (type: ConnectionType, members: readonly DemoUser[], cast: readonly Part[]): DemoUser | undefined => {
  const able = members
    .filter(({ connectionTypes }) => connectionTypes.includes(type))
    .sort((a, b) => a.connectionTypes.length - b.connectionTypes.length);
  return able.find(({ name }) => !cast.some(({ user }) => user === name)) ?? able[0];
};
