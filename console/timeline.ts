/** The events of all devices in one timeline, newest last: each in words, and drawn beside them. */
import { type Band, bandOf, type Link, type Mark } from './band.ts';
import { element } from './element.ts';
import { journeyWording } from './journey-wording.ts';
import type { Journey } from './journeys.ts';
import { drawing, shape } from './svg.ts';

export type Timeline = Readonly<{ body: HTMLElement; show: (journeys: readonly Journey[]) => void }>;

const shown = 30;

export const createTimeline = (lanes: readonly string[]): Timeline => {
  const list = element('ol', { class: 'journeys' });
  const empty = element('p', { class: 'empty' }, 'No events yet.');
  const names = element('div', { class: 'lanes' }, ...lanes.map((name) => element('span', {}, name)));
  // What the lanes are is said again in each event's words.
  const header = element('div', { class: 'journey header', 'aria-hidden': 'true' }, element('span'), names);
  // It scrolls, so the keyboard must get there.
  const scroller = element(
    'div',
    { class: 'timeline', role: 'group', 'aria-label': 'Events', tabindex: '0' },
    header,
    list,
  );
  const drawn = new WeakMap<Journey, HTMLElement>();
  const rowOf = (journey: Journey): HTMLElement => {
    const row = drawn.get(journey) ?? newRow(journey, lanes);
    drawn.set(journey, row);
    return row;
  };
  const body = element('div', {}, legend(), empty, scroller);
  scroller.hidden = true;
  return {
    body,
    show: (journeys) => {
      const isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 8;
      list.replaceChildren(...journeys.slice(-shown).map(rowOf));
      empty.hidden = journeys.length > 0;
      scroller.hidden = journeys.length === 0;
      if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
    },
  };
};

const newRow = (journey: Journey, lanes: readonly string[]): HTMLElement => {
  const { type, from, course } = journeyWording(journey);
  return element(
    'li',
    { class: 'journey' },
    element('div', { class: 'words' }, element('strong', {}, type), ` ${from}`, element('span', {}, course)),
    bandDrawing(bandOf(journey, lanes), lanes.length),
  );
};

/** On both sides of the lanes, in percent: room for figures. The names above the lanes keep as much (console.css). */
const margin = 12;

const bandDrawing = ({ height, marks, links }: Band, lanes: number): SVGElement => {
  const x = (lane: number) => `${margin + ((lane + 0.5) * (100 - 2 * margin)) / lanes}%`;
  const line = ({ from, fromY, to, toY }: Link) =>
    shape('line', { class: 'link', x1: x(from), y1: fromY, x2: x(to), y2: toY });
  const mark = ({ lane, y, kind, label, side }: Mark) =>
    shape(
      'svg',
      { x: x(lane), y, overflow: 'visible' },
      symbol(kind),
      shape('text', { x: side === 'right' ? 11 : -11, y: 4, 'text-anchor': side === 'right' ? 'start' : 'end' }, label),
    );
  return drawing(
    { class: 'band', width: '100%', height },
    ...Array.from({ length: lanes }, (_, lane) =>
      shape('line', { class: 'lane', x1: x(lane), y1: 0, x2: x(lane), y2: '100%' }),
    ),
    ...links.map(line),
    ...marks.map(mark),
  );
};

/** By shape, so that nobody needs to see the colours. */
const symbol = (kind: Mark['kind']): SVGElement => {
  switch (kind) {
    case 'sent':
      return shape('circle', { class: kind, r: 5 });
    case 'accepted':
      return shape('path', { class: kind, d: 'M0-6 6 0 0 6-6 0z' });
    case 'refused':
      return shape('path', { class: kind, d: 'M-5-5 5 5M5-5-5 5' });
    case 'heard':
      return shape('circle', { class: kind, r: 5 });
  }
};

const meanings = { sent: 'sent', accepted: 'accepted by the gateway', refused: 'refused', heard: 'heard' } as const;
const kinds = ['sent', 'accepted', 'refused', 'heard'] as const;

const legend = (): HTMLElement =>
  element(
    'p',
    { class: 'legend' },
    ...kinds.map((kind) =>
      element(
        'span',
        {},
        drawing({ class: 'band', width: 16, height: 16, viewBox: '-8 -8 16 16' }, symbol(kind)),
        ` ${meanings[kind]}`,
      ),
    ),
    element('span', {}, 'Numbers: time since it was sent. Heights: in proportion within each event.'),
  );
