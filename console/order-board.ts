/** The orders on a device's screen, and what its buttons publish. */
import type { MaitredClient } from '../client/src/index.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';
import { button, element } from './element.ts';
import {
  type Action,
  actionsOn,
  afterEvent,
  type Delivery,
  deliveriesText,
  type Orders,
  orderText,
  placesOrders,
} from './orders.ts';

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
  const delivery = element('p', { class: 'state', role: 'status', 'data-mood': 'warn' });
  const problem = element('p', { class: 'state', role: 'alert', 'data-mood': 'bad' });

  let current: Readonly<{ device: ConnectionType; client: MaitredClient }> | undefined;
  let orders: Orders = new Map();
  /** Names of what the gateway has not answered yet. */
  let unanswered: readonly string[] = [];
  let deliveries: ReadonlyMap<string, Delivery> = new Map();

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

  const showDeliveries = (next: ReadonlyMap<string, Delivery>) => {
    deliveries = next;
    const text = deliveriesText(next);
    const mood = [...next.values()].includes('waits') ? 'warn' : 'good';
    delivery.dataset['mood'] = mood;
    if (delivery.textContent !== text) delivery.textContent = text;
  };
  /** What is not answered waits while there is no connection; what was accepted before is old news then. */
  const showWaiting = () => {
    if (current === undefined || unanswered.length === 0 || current.client.state.status === 'connected') return;
    showDeliveries(new Map(unanswered.map((one) => [one, 'waits'])));
  };

  const told = (what: string, publication: Promise<unknown>) => {
    problem.textContent = '';
    if (![...deliveries.values()].includes('waits')) showDeliveries(new Map());
    unanswered = [...unanswered, what];
    showWaiting();
    const settle = (delivered: 'accepted' | 'failed') => {
      unanswered = unanswered.filter((one) => one !== what);
      if (!deliveries.has(what)) return;
      const next = new Map(deliveries);
      if (delivered === 'accepted') next.set(what, delivered);
      else next.delete(what);
      showDeliveries(next);
    };
    publication.then(
      () => settle('accepted'),
      (error: unknown) => {
        settle('failed');
        problem.textContent = `Not sent: ${error instanceof Error ? error.message : String(error)}`;
      },
    );
  };
  const act = ({ label, type, data }: Action) => {
    if (current !== undefined)
      told(`${label} of order ${data.order_id}`, current.client.publish<Action['type']>(type, data));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (current === undefined) return;
    const id = crypto.randomUUID().slice(0, 6);
    told(`order ${id}`, current.client.publish('order.created', { order_id: id, dish: dish.value }));
  });

  return {
    body: element('div', {}, form, delivery, empty, list, problem),
    begin: (device, client) => {
      current = { device, client };
      orders = new Map();
      problem.textContent = '';
      showDeliveries(new Map());
      form.hidden = !placesOrders(device);
      client.onState(showWaiting);
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
