/** An element with its attributes and content. Text is text, whatever it says. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
};

/** The place of the page with this id. */
export const place = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no place ${id}`);
  return found;
};

export const button = (label: string, run: () => void, attributes: Readonly<Record<string, string>> = {}) => {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', run);
  return made;
};

export const choice = (label: string, options: readonly string[], chosen: string) => {
  const select = element('select', {}, ...options.map((one) => new Option(one, one, one === chosen, one === chosen)));
  return { select, labelled: element('label', {}, label, select) };
};

const maxLines = 200;

/** Lines that end where the newest is, to be folded. Not spoken by themselves: they would never stop. */
export const createLog = (label: string) => {
  const list = element('ol');
  // It scrolls, so the keyboard must get there.
  const scroller = element(
    'div',
    { class: 'frames', role: 'log', 'aria-live': 'off', 'aria-label': label, tabindex: '0' },
    list,
  );
  const body = element('details', {}, element('summary', {}, label), scroller);
  const showNewest = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };
  // What is folded has no height, so it does not scroll along.
  body.addEventListener('toggle', showNewest);
  return {
    body,
    add: (kind: string, text: string): void => {
      const isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 8;
      list.append(element('li', { class: kind }, text));
      if (list.childElementCount > maxLines) list.firstElementChild?.remove();
      if (isAtEnd) showNewest();
    },
  };
};
