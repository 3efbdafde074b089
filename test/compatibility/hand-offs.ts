/** Everything that one version of the functions leaves to the other. */
import { addressCounters } from './addresses.ts';
import { events } from './events.ts';
import type { HandOff } from './hand-off.ts';
import { members } from './members.ts';
import { records } from './records.ts';
import { rows } from './rows.ts';
import { sessions } from './sessions.ts';

export const handOffs: readonly HandOff[] = [
  ...sessions,
  ...events,
  ...records,
  ...addressCounters,
  ...rows,
  ...members,
];
