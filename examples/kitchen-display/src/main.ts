/** The page: what is kept over a reload, the connection, and what is drawn of both. */
import { connect } from '@maitred/client';
import { itemStorage } from '@maitred/client/storage';
import { type Board, checked, readBoard, steps, withEvent, withHoles, writeBoard } from './board.ts';
import { openColumns } from './columns.ts';
import { tokenHere, keepToken } from './sign-in.ts';
import { wordsOf } from './words.ts';

const url = import.meta.env.VITE_MAITRED_URL ?? 'ws://127.0.0.1:8787/local';
const restaurantId = import.meta.env.VITE_RESTAURANT ?? 'r-17';
const keptBoard = `board of ${restaurantId}`;

const part = <Type extends HTMLElement>(selector: string): Type => {
  const element = document.querySelector<Type>(selector);
  if (element === null) throw new Error(`The page has no ${selector}`);
  return element;
};
const connection = part('#connection');
const signIn = part<HTMLFormElement>('#sign-in');
const [holes, refused] = [part('#holes'), part('#refused')];

const now = (): string => new Date().toISOString();

let board = readBoard(localStorage.getItem(keptBoard), now());
let isConnected = false;
let lastConnected: string | undefined;

const client = connect({
  url,
  restaurantId,
  connectionType: 'kitchen',
  getToken: tokenHere,
  // The cursor is kept after the board: what came in between comes again, and changes nothing.
  storage: itemStorage(localStorage),
  cursor: 'stored',
  publishTimeoutMs: Number.POSITIVE_INFINITY,
  signals: { online: window, visibility: document },
});

const columns = openColumns(part('#columns'), (card) => {
  const { status } = steps[card.column];
  // What is refused is given back below, also after a reload.
  client.publish('order.status_changed', { order_id: card.id, status }).catch(() => {});
});

const draw = (): void => {
  const { tone, text, asksForToken } = wordsOf(client.state, lastConnected);
  if (connection.textContent !== text) connection.textContent = text;
  connection.dataset['tone'] = tone;
  signIn.hidden = !asksForToken && tokenHere() !== '';
  holes.hidden = board.mayMissBefore === undefined;
  if (board.mayMissBefore !== undefined)
    part('#holes p').textContent =
      `Orders of before ${timeOf(board.mayMissBefore)} may be missing here, or may be over.`;
  const unsent = client.pending.filter(({ state }) => state !== 'returned');
  columns.draw(board, new Set(unsent.map(({ data }) => String(Object(data).order_id))));
};

const change = (next: Board): void => {
  if (next !== board) localStorage.setItem(keptBoard, writeBoard(next));
  board = next;
  draw();
};

const timeOf = (iso: string): string => new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

client.on('*', (event) => change(withEvent(board, event)));
// With a backend that has the orders, fetch them here and make a board of them.
client.onGap(() => change(withHoles(board, now())));
client.onState(({ status }) => {
  if (isConnected && status !== 'connected') lastConnected = timeOf(now());
  isConnected = status === 'connected';
  draw();
});
client.onPending(draw);
client.onReturned(({ id, returned }) => {
  part('#refused p').textContent = `What you pressed was not accepted: ${returned?.code}.`;
  refused.hidden = false;
  client.discard(id);
});

part('#holes button').addEventListener('click', () => change(checked(board)));
part('#refused button').addEventListener('click', () => {
  refused.hidden = true;
});
signIn.addEventListener('submit', (event) => {
  event.preventDefault();
  keepToken(part<HTMLInputElement>('#token').value);
  // Begins anew, with the board and all that waits as they are kept.
  location.reload();
});
draw();
