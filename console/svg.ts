/** Drawings. Whoever cannot see them has the same in words beside them, so they are hidden from who listens. */

type Attributes = Readonly<Record<string, string | number>>;

const namespace = 'http://www.w3.org/2000/svg';

export const shape = (
  tag: keyof SVGElementTagNameMap,
  attributes: Attributes,
  ...content: readonly (Node | string)[]
) => {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...content);
  return made;
};

export const drawing = (attributes: Attributes, ...content: readonly Node[]): SVGElement =>
  shape('svg', { 'aria-hidden': 'true', focusable: 'false', ...attributes }, ...content);
