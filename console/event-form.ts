/** A form for any event that a device may send: its example, to be changed before it goes. */
import { element } from './element.ts';
import { isRecord } from './frame.ts';
import type { DemoEvent } from './rows.ts';

type Data = DemoEvent['example'];

export type EventForm = Readonly<{
  body: HTMLElement;
  /** What can be chosen from now on. */
  offer: (events: readonly DemoEvent[]) => void;
}>;

export const createEventForm = (
  name: string,
  exampleOf: (event: DemoEvent) => Data,
  send: (event: DemoEvent, data: Data) => void,
): EventForm => {
  const select = element('select');
  const text = element('textarea', { rows: '5', spellcheck: 'false', autocomplete: 'off', required: '' });
  const problem = element('p', { class: 'state', role: 'alert', 'data-mood': 'bad' });
  const form = element(
    'form',
    { 'aria-label': `Event of ${name}` },
    element('label', {}, 'Event', select),
    element('label', { class: 'wide' }, 'Data', text),
    element('button', { type: 'submit' }, 'Send'),
    problem,
  );
  const body = element('details', {}, element('summary', {}, `Edit an event of ${name}`), form);
  let offered: readonly DemoEvent[] = [];

  const complain = (words: string) => {
    problem.textContent = words;
    text.toggleAttribute('aria-invalid', words !== '');
  };
  const chosen = () => offered.find(({ type }) => type === select.value);
  const fill = () => {
    complain('');
    const event = chosen();
    text.value = event === undefined ? '' : JSON.stringify(exampleOf(event), undefined, 1);
  };
  select.addEventListener('change', fill);
  body.addEventListener('toggle', () => {
    if (body.open && text.value === '') fill();
  });
  form.addEventListener('submit', (submission) => {
    submission.preventDefault();
    const [event, data] = [chosen(), objectIn(text.value)];
    complain(typeof data === 'string' ? data : '');
    if (event !== undefined && typeof data !== 'string') send(event, data);
  });
  return {
    body,
    offer: (events) => {
      offered = events;
      body.hidden = events.length === 0;
      select.replaceChildren(...events.map(({ type, title }) => new Option(`${type}: ${title}`, type)));
      // Filled when it is opened: the example should be about what is the newest then.
      text.value = '';
      if (body.open) fill();
    },
  };
};

/** The object that a text is, or what is wrong with it. */
const objectIn = (text: string): Data | string => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : 'Not sent: data is an object, as { "name": "value" }';
  } catch (error) {
    return `Not sent: no JSON. ${error instanceof Error ? error.message : error}`;
  }
};
