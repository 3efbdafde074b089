/** What a device heard last, as an application on it would. */
import type { RestaurantEvent } from '../client/src/index.ts';
import { element } from './element.ts';

const shown = 2;

export const createHeardList = (name: string) => {
  const empty = element('p', { class: 'empty' }, 'Nothing heard yet.');
  const list = element('ul', { class: 'heard', 'aria-label': `Heard by ${name}` });
  return {
    body: element('div', {}, empty, list),
    add: ({ type, raw }: Pick<RestaurantEvent, 'type' | 'raw'>): void => {
      list.prepend(element('li', {}, element('strong', {}, type), ' ', element('code', {}, raw)));
      while (list.childElementCount > shown) list.lastElementChild?.remove();
      empty.hidden = true;
    },
    clear: (): void => {
      list.replaceChildren();
      empty.hidden = false;
    },
  };
};
