/** What a device may send: a button for each event, a form to change one before it goes, and what became of it. */
import { type MaitredClient, PublishError } from '../client/src/index.ts';
import { type Delivery, publicationName, waitingText } from './deliveries.ts';
import { button, element } from './element.ts';
import { createEventForm } from './event-form.ts';
import { idsIn } from './examples.ts';
import type { DemoEvent } from './rows.ts';
import { refusalWording } from './wording.ts';

type Data = DemoEvent['example'];

export type Publisher = Readonly<{
  body: HTMLElement;
  /** The events that there is something to press for. */
  offer: (events: readonly DemoEvent[]) => void;
  begin: (client: MaitredClient) => void;
  end: () => void;
}>;

/** The others are in the form. */
const maxButtons = 6;

/** `connected` calls back with a client, at once where there is one; not at all where none comes about. */
export const createPublisher = (
  name: string,
  exampleOf: (event: DemoEvent) => Data,
  connected: (use: (client: MaitredClient) => void) => void,
): Publisher => {
  const buttons = element('div', { class: 'buttons', role: 'group', 'aria-label': `Send as ${name}` });
  const more = element('p', { class: 'empty' });
  const delivery = element('p', { class: 'state', role: 'status', 'data-mood': 'warn' });
  const problem = element('p', { class: 'state', role: 'alert', 'data-mood': 'bad' });

  let current: MaitredClient | undefined;
  /** Names of what the gateway has not answered yet. */
  let unanswered: readonly string[] = [];
  let deliveries: ReadonlyMap<string, Delivery> = new Map();

  const showDeliveries = (next: ReadonlyMap<string, Delivery>) => {
    deliveries = next;
    const text = waitingText(next);
    delivery.dataset['mood'] = [...next.values()].includes('waits') ? 'warn' : 'good';
    if (delivery.textContent !== text) delivery.textContent = text;
  };
  /** What is not answered waits while there is no connection; what was accepted before is old news then. */
  const showWaiting = () => {
    if (current === undefined || unanswered.length === 0 || current.state.status === 'connected') return;
    showDeliveries(new Map(unanswered.map((one) => [one, 'waits'])));
  };
  const settle = (what: string, delivered: 'accepted' | 'failed') => {
    unanswered = unanswered.filter((one) => one !== what);
    if (!deliveries.has(what)) return;
    const next = new Map(deliveries);
    if (delivered === 'accepted') next.set(what, delivered);
    else next.delete(what);
    showDeliveries(next);
  };
  const publish = (client: MaitredClient, { type }: DemoEvent, data: Data) => {
    const what = publicationName(type, idsIn(data));
    const publication = client.publish(type, data);
    problem.textContent = '';
    if (![...deliveries.values()].includes('waits')) showDeliveries(new Map());
    unanswered = [...unanswered, what];
    showWaiting();
    publication.then(
      () => settle(what, 'accepted'),
      (error: unknown) => {
        settle(what, 'failed');
        problem.textContent = error instanceof PublishError ? refusalWording(error) : `Not sent: ${error}`;
      },
    );
  };
  const send = (event: DemoEvent, data: () => Data) => connected((client) => publish(client, event, data()));
  const form = createEventForm(name, exampleOf, (event, data) => send(event, () => data));

  return {
    body: element('div', { class: 'publisher' }, buttons, more, form.body, delivery, problem),
    offer: (events) => {
      const [first, rest] = [events.slice(0, maxButtons), events.slice(maxButtons)];
      buttons.replaceChildren(
        ...first.map((event) => button(event.title, () => send(event, () => exampleOf(event)), { title: event.type })),
      );
      more.textContent =
        events.length === 0
          ? 'Such a device sends nothing.'
          : rest.length > 0
            ? `${rest.length} more in the form below.`
            : '';
      more.hidden = more.textContent === '';
      form.offer(events);
    },
    begin: (client) => {
      current = client;
      problem.textContent = '';
      showDeliveries(new Map());
      client.onState(showWaiting);
    },
    end: () => {
      current = undefined;
    },
  };
};
