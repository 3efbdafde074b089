/** A device's card: who it is to be, how its connection stands, and what else is put into it. */
import type { Part } from './cast.ts';
import { createCountdown } from './countdown.ts';
import { choice, element } from './element.ts';
import type { Demo, DemoConnectionType, Member } from './rows.ts';
import type { Wording } from './wording.ts';

/** Who is chosen, where, and at what. */
export type DemoDevice = Member & Readonly<{ connectionType: DemoConnectionType['name'] }>;

export const createDeviceCard = (demo: Demo, part: Part) => {
  const user = choice(
    'User',
    demo.users.map(({ name }) => name),
    part.user,
  );
  const restaurant = choice('Restaurant', demo.restaurants, demo.restaurants[0] ?? '');
  const types = demo.connectionTypes.map(({ name }) => name);
  const type = choice('Connection type', types, part.connectionType);
  const go = element('button', { type: 'submit', class: 'primary' }, 'Connect');
  const state = element('p', { class: 'state', role: 'status' }, 'Not connected');
  const countdown = createCountdown();
  const form = element('form', { 'aria-label': part.name }, user.labelled, restaurant.labelled, type.labelled, go);
  const body = element(
    'article',
    { class: 'card', 'aria-label': part.name },
    element('h3', {}, part.name),
    form,
    state,
    countdown.body,
  );
  return {
    body,
    countdown,
    chosen: (): DemoDevice => ({
      user: user.select.value,
      restaurant: restaurant.select.value,
      connectionType: type.select.value,
    }),
    onTypeChosen: (run: () => void) => type.select.addEventListener('change', run),
    onSubmit: (run: () => void) =>
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        run();
      }),
    showState: ({ text, mood }: Wording) => {
      state.dataset['mood'] = mood;
      if (state.textContent !== text) state.textContent = text;
    },
    /** Who is connected stays chosen: what is done to the chosen is done to them. */
    showBusy: (isBusy: boolean) => {
      go.textContent = isBusy ? 'Disconnect' : 'Connect';
      for (const { select } of [user, restaurant, type]) select.disabled = isBusy;
    },
  };
};
