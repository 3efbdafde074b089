/** Draws the cards. Elements stay as long as their card does, so that a finger and the focus find them where they were. */
import { type Board, type Card, type Column, steps } from './board.ts';

const titles: Readonly<Record<Column, string>> = { new: 'New', cooking: 'Cooking', ready: 'Ready' };

/** @param onPress is told the card whose button was pressed */
export const openColumns = (root: HTMLElement, onPress: (card: Card) => void) => {
  const items = new Map<string, ReturnType<typeof openItem>>();
  const lists = new Map<string, Readonly<{ list: HTMLElement; count: HTMLElement }>>();
  for (const [column, title] of Object.entries(titles)) {
    const section = add(root, 'section');
    const heading = add(section, 'h2', `${title} `);
    heading.id = `column-${column}`;
    section.setAttribute('aria-labelledby', heading.id);
    lists.set(column, { count: add(heading, 'span'), list: add(section, 'ol') });
  }
  return {
    /** @param unsent the orders whose last press has not been accepted */
    draw: ({ cards }: Board, unsent: ReadonlySet<string>): void => {
      for (const [id, { element }] of items)
        if (!cards.some((card) => card.id === id)) {
          element.remove();
          items.delete(id);
        }
      for (const card of cards) {
        const item = items.get(card.id) ?? openItem(onPress);
        items.set(card.id, item);
        item.draw(card, unsent.has(card.id));
        const list = lists.get(card.column)?.list;
        if (item.element.parentElement !== list) list?.append(item.element);
      }
      for (const { list, count } of lists.values()) count.textContent = String(list.childElementCount);
    },
  };
};

const openItem = (onPress: (card: Card) => void) => {
  const element = document.createElement('li');
  const heading = add(element, 'h3');
  const dishes = add(element, 'ul');
  const note = add(element, 'p');
  const button = add(element, 'button');
  let shown: Card | undefined;
  button.addEventListener('click', () => shown && onPress(shown));
  return {
    element,
    draw: (card: Card, isUnsent: boolean): void => {
      if (card !== shown) {
        heading.textContent = `Table ${card.table}`;
        dishes.replaceChildren(
          ...card.dishes.map((dish) => Object.assign(document.createElement('li'), { textContent: dish })),
        );
        button.textContent = steps[card.column].verb;
        button.setAttribute('aria-label', `${steps[card.column].verb}: table ${card.table}`);
        shown = card;
      }
      note.textContent = isUnsent
        ? 'Not sent yet'
        : new Date(card.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
      button.disabled = isUnsent;
    },
  };
};

const add = <Name extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  name: Name,
  text = '',
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name);
  element.textContent = text;
  parent.append(element);
  return element;
};
