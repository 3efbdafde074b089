/** The orders on a device's screen, and what its buttons publish. */
import type { MaitredClient } from '../client/src/index.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';
import { button, element } from './element.ts';
import { type Action, actionsOn, afterEvent, type Orders, orderText, placesOrders } from './orders.ts';

export type OrderBoard = Readonly<{
  body: HTMLElement;
  /** Begins with no orders: what came before is not known here. */
  begin: (device: ConnectionType, client: MaitredClient) => void;
  end: () => void;
}>;

export const createOrderBoard = (name: string): OrderBoard => {
  const dish = element('input', { required: '', maxlength: '60', value: 'Margherita', autocomplete: 'off' });
  const place = element('button', { type: 'submit' }, 'Send order');
  const form = element(
    'form',
    { 'aria-label': `New order at ${name}`, hidden: '' },
    element('label', {}, 'Dish', dish),
    place,
  );
  const empty = element('p', { class: 'empty' }, 'No orders yet.');
  const list = element('ul', { class: 'orders', 'aria-label': `Orders at ${name}` });
  const problem = element('p', { class: 'state', role: 'alert', 'data-mood': 'bad' });

  let current: Readonly<{ device: ConnectionType; client: MaitredClient }> | undefined;
  let orders: Orders = new Map();

  const show = () => {
    const focused = document.activeElement;
    const hadFocus = focused instanceof HTMLElement && list.contains(focused) ? focused.dataset : undefined;
    const items = [...orders.values()].reverse().map((order) => {
      const actions = current === undefined ? [] : actionsOn(order, current.device);
      const buttons = actions.map((action) =>
        button(action.label, () => act(action), {
          'aria-label': `${action.label}: ${order.dish} ${order.id}`,
          'data-order': order.id,
          'data-label': action.label,
        }),
      );
      const item = element('li', { tabindex: '-1', 'data-order': order.id }, orderText(order));
      if (buttons.length > 0) item.append(element('div', { class: 'buttons' }, ...buttons));
      return item;
    });
    list.replaceChildren(...items);
    empty.hidden = items.length > 0;
    if (hadFocus !== undefined) focusAgain(hadFocus);
  };

  /** Whoever works by keyboard stays at the order, on the same button while there is one. */
  const focusAgain = ({ order, label }: DOMStringMap) => {
    const ofOrder = [...list.querySelectorAll<HTMLElement>('[data-order]')].filter(
      ({ dataset }) => dataset['order'] === order,
    );
    const buttons = ofOrder.filter(({ dataset }) => dataset['label'] !== undefined);
    (buttons.find(({ dataset }) => dataset['label'] === label) ?? buttons[0] ?? ofOrder[0])?.focus();
  };

  const told = (publication: Promise<unknown>) => {
    problem.textContent = '';
    publication.catch((error: unknown) => {
      problem.textContent = `Not sent: ${error instanceof Error ? error.message : String(error)}`;
    });
  };
  const act = ({ type, data }: Action) => {
    if (current !== undefined) told(current.client.publish<string>(type, data));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (current === undefined) return;
    const id = crypto.randomUUID().slice(0, 6);
    told(current.client.publish('order.created', { order_id: id, dish: dish.value }));
  });

  return {
    body: element('div', {}, form, empty, list, problem),
    begin: (device, client) => {
      current = { device, client };
      orders = new Map();
      problem.textContent = '';
      form.hidden = !placesOrders(device);
      client.on('*', (event) => {
        orders = afterEvent(orders, event);
        show();
      });
      show();
    },
    end: () => {
      current = undefined;
      form.hidden = true;
      show();
    },
  };
};
