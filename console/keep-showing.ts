/** A part of the page that is read again and again. */
import { place } from './element.ts';

const refreshMs = 2000;
/** The gateway notes the end of a connection a moment after it, so one look at once could still come too early. */
const hurriedMs = 200;

/**
 * Shows what `read` yields, again and again while somebody looks; a change alone touches the page. What is returned looks
 * at once, and often until the usual time is over.
 */
export const keepShowing = <Rows>(
  id: string,
  read: () => Promise<Rows>,
  show: (rows: Rows) => HTMLElement,
  changed: () => void = () => undefined,
): (() => void) => {
  const where = place(id);
  // It scrolls, so the keyboard must get there.
  where.tabIndex = 0;
  let shown = '';
  let hurriedUntil = 0;
  /** Nothing while a look is under way. */
  let next: ReturnType<typeof setTimeout> | undefined;
  const refresh = async () => {
    clearTimeout(next);
    next = undefined;
    const rows = document.hidden ? undefined : await read().catch(() => undefined);
    const text = JSON.stringify(rows);
    if (rows !== undefined && text !== shown) {
      where.replaceChildren(show(rows));
      changed();
    }
    shown = text ?? shown;
    next = setTimeout(() => void refresh(), Date.now() < hurriedUntil ? hurriedMs : refreshMs);
  };
  void refresh();
  return () => {
    hurriedUntil = Date.now() + refreshMs;
    if (next !== undefined) void refresh();
  };
};
