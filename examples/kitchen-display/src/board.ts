/** What is on the board: pure, and small enough to be kept as text after every event. */
import type { RestaurantEvent } from '@maitred/client';

export type Column = 'new' | 'cooking' | 'ready';

export type Card = Readonly<{
  id: string;
  table: string;
  dishes: readonly string[];
  column: Column;
  /** When it was ordered, ISO 8601. */
  at: string;
}>;

export type Board = Readonly<{
  /** In the order in which they came. */
  cards: readonly Card[];
  /** Orders of before this moment may be missing, or may be over; nobody has looked yet. */
  mayMissBefore: string | undefined;
}>;

export const emptyBoard: Board = { cards: [], mayMissBefore: undefined };

/** What pressing a card of the column publishes, and what the button says. */
export const steps = {
  new: { status: 'preparing', verb: 'Start' },
  cooking: { status: 'ready', verb: 'Ready' },
  ready: { status: 'completed', verb: 'Served' },
} as const satisfies Readonly<Record<Column, unknown>>;

/** The same event twice is the same board: after a reload the last ones come again where the page ended before its cursor was kept. */
export const withEvent = (board: Board, { type, data, timestamp }: RestaurantEvent): Board => {
  const said: Readonly<Record<string, unknown>> = Object(data);
  const id = String(said['order_id']);
  const known = board.cards.find((card) => card.id === id);
  if (type === 'order.created') {
    if (known !== undefined) return board;
    const { items } = said;
    const dishes = Array.isArray(items) ? items.map(dishOf) : [];
    return withCards(board, [
      ...board.cards,
      { id, table: String(said['table'] ?? '–'), dishes, column: 'new', at: timestamp },
    ]);
  }
  if (type !== 'order.status_changed' || known === undefined) return board;
  const column = columnOf(said['status']);
  if (column === undefined) return board;
  return withCards(
    board,
    column === 'none'
      ? board.cards.filter((card) => card !== known)
      : board.cards.map((card) => (card === known ? { ...card, column } : card)),
  );
};

/** Events are missing, and no backend tells what there is. */
export const withHoles = (board: Board, now: string): Board => ({ ...board, mayMissBefore: now });

/** A person has compared it with the slips. */
export const checked = (board: Board): Board => ({ ...board, mayMissBefore: undefined });

/** What was kept. Where that is of another version of this page, or damaged, orders are missing: nobody tells of them again. */
export const readBoard = (text: string | null, now: string): Board => {
  if (text === null) return emptyBoard;
  try {
    const { version, board } = JSON.parse(text);
    return version === keptVersion ? board : withHoles(emptyBoard, now);
  } catch {
    return withHoles(emptyBoard, now);
  }
};

export const writeBoard = (board: Board): string => JSON.stringify({ version: keptVersion, board });

/** Another number with every change of `Board`. */
const keptVersion = 1;

const withCards = (board: Board, cards: readonly Card[]): Board => ({ ...board, cards });

/** Where an order of this status stands; `none`: it is over. Of a status that is not known: nothing. */
const columnOf = (status: unknown): Column | 'none' | undefined => {
  switch (status) {
    case 'pending':
    case 'confirmed':
      return 'new';
    case 'preparing':
      return 'cooking';
    case 'ready':
      return 'ready';
    case 'completed':
    case 'cancelled':
      return 'none';
    default:
      return undefined;
  }
};

/** A dish as tills say it: a text, or an object with a name and perhaps a number. */
const dishOf = (item: unknown): string => {
  if (typeof item === 'string') return item;
  const { name = '?', quantity = 1 } = Object(item);
  return quantity === 1 ? String(name) : `${quantity} × ${name}`;
};
