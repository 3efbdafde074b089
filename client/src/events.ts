/** Events of a restaurant, as the application sees them. */
import type { DataOf } from './domain.ts';

/** A place in a restaurant's stream: everything up to `seq` has been delivered. Keep it to resume later. */
export type Cursor = Readonly<{ epoch: string; seq: number }>;

/** Of a restaurant that has had no event yet: its stream has no name. */
export const beforeFirst: Cursor = { epoch: '', seq: 0 };

/** An event of the restaurant, as the handlers of `on` get it. */
export type RestaurantEvent<Type extends string = string> = Readonly<{
  type: Type;
  /** The same id is the same event, also in a resent publication. */
  id: string;
  seq: number;
  /** The event before this one that this connection type may see. */
  prevSeq: number;
  epoch: string;
  restaurantId: string;
  data: DataOf<Type>;
  /** `data` as its publisher wrote it: numbers that JavaScript rounds are whole here. */
  raw: string;
  /** Who published it; nobody when a backend did, and to a `customer`, who learns of nobody on the staff who they are. */
  userId: string | undefined;
  connectionType: string | undefined;
  timestamp: string;
}>;

/**
 * Why events may be missing: `start`: there was no cursor; `epoch_changed`: the stream began anew; `horizon_passed`: the
 * gateway no longer has them; `missing`: it announced them but does not hand them out. Delivery goes on after `cursor`.
 */
export type Gap = Readonly<{
  reason: 'start' | 'epoch_changed' | 'horizon_passed' | 'missing';
  cursor: Cursor;
}>;
