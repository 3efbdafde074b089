/** Two small plots, each with its figures in words and as a table. */
import { type Bar, barsHeight, barsOf, barsWidth, heightOf } from './bars.ts';
import { element } from './element.ts';
import { durationText } from './journey-wording.ts';
import type { Journey } from './journeys.ts';
import {
  type Counts,
  deliveriesOf,
  deliveriesShown,
  deliveriesText,
  median,
  minutesShown,
  perMinute,
  perMinuteText,
} from './rates.ts';
import { drawing, shape } from './svg.ts';
import { table } from './tables.ts';

export type Plots = Readonly<{
  body: HTMLElement;
  show: (journeys: readonly Journey[], counts: Counts, now: number) => void;
}>;

export const createPlots = (): Plots => {
  const rate = createPlot('Events a minute', [`${minutesShown} minutes`, 'now'], ['Minute', 'Events']);
  const time = createPlot(
    'Time to delivery',
    [`${deliveriesShown} deliveries`, 'the newest'],
    ['Event', 'At', 'After'],
  );
  return {
    body: element('div', { class: 'columns' }, rate.body, time.body),
    show: (journeys, counts, now) => {
      const minutes = perMinute(counts, now);
      const events = minutes.map((one) => one.events);
      rate.show({
        text: perMinuteText(minutes),
        bars: barsOf(events, minutesShown),
        rows: minutes.map((one) => [clock(one.atMs), String(one.events)]),
      });
      const deliveries = deliveriesOf(journeys);
      const times = deliveries.map(({ ms }) => ms);
      time.show({
        text: deliveriesText(deliveries),
        bars: barsOf(times, deliveriesShown),
        ...(times.length === 0 ? {} : { level: heightOf(median(deliveries), times) }),
        rows: deliveries.map(({ type, device, ms }) => [type, device, durationText(ms)]),
      });
    },
  };
};

type Figures = Readonly<{
  text: string;
  bars: readonly Bar[];
  /** Where the dashed line is. */
  level?: number;
  rows: readonly (readonly string[])[];
}>;

const createPlot = (name: string, [left, right]: readonly [string, string], columns: readonly string[]) => {
  const words = element('span');
  const picture = drawing({
    class: 'plot',
    width: '100%',
    height: 72,
    viewBox: `0 0 ${barsWidth} ${barsHeight}`,
    preserveAspectRatio: 'none',
  });
  const axis = element(
    'div',
    { class: 'axis', 'aria-hidden': 'true' },
    element('span', {}, left),
    element('span', {}, right),
  );
  const rows = element('div');
  const folded = element('details', {}, element('summary', {}, `${name} as a table`), rows);
  let shown = '';
  return {
    body: element(
      'figure',
      { class: 'card' },
      element('figcaption', {}, element('strong', {}, name), ' ', words),
      picture,
      axis,
      folded,
    ),
    show: (figures: Figures): void => {
      const now = JSON.stringify(figures);
      if (now === shown) return;
      shown = now;
      words.textContent = figures.text;
      picture.replaceChildren(
        ...figures.bars.map(({ x, y, width, height }) => shape('rect', { x, y, width, height })),
        ...(figures.level === undefined ? [] : [levelLine(barsHeight - figures.level)]),
      );
      rows.replaceChildren(table(figures.text, columns, figures.rows));
    },
  };
};

const levelLine = (y: number) =>
  shape('line', { x1: 0, y1: y, x2: barsWidth, y2: y, 'vector-effect': 'non-scaling-stroke' });

const clock = (epochMs: number): string => new Date(epochMs).toLocaleTimeString('en-GB').slice(0, 5);
