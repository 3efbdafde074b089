/** Every file of vectors, by its name, as it should be. */
import { connecting } from './courses/connecting.ts';
import { events } from './courses/events.ts';
import { frames } from './courses/frames.ts';
import { outbox } from './courses/outbox.ts';
import { publishing } from './courses/publishing.ts';
import { refusals } from './courses/refusals.ts';
import { session } from './courses/session.ts';
import { signals } from './courses/signals.ts';
import { whoCourses } from './courses/who.ts';
import { defaultSettings, play, snake } from './play.ts';
import type { Vector } from './vector.ts';

const courses = { connecting, refusals, session, signals, events, frames, publishing, outbox, who: whoCourses };

export const recordings = (): ReadonlyMap<string, string> =>
  new Map([
    ['settings.json', `${JSON.stringify(snake(defaultSettings), undefined, 2)}\n`],
    ...Object.entries(courses).map(([name, list]) => [`${name}.json`, written(list.map(play))] as const),
  ]);

/** For people to read, and to see what changed: a line for each input, effect and thing seen. */
const written = (vectors: readonly Vector[]): string => `[\n${vectors.map(writtenVector).join(',\n')}\n]\n`;

const writtenVector = ({ name, settings, cursor, steps }: Vector): string =>
  [
    '  {',
    `    "name": ${JSON.stringify(name)},`,
    `    "settings": ${JSON.stringify(settings)},`,
    `    "cursor": ${JSON.stringify(cursor)},`,
    `    "steps": [\n${steps.map(writtenStep).join(',\n')}\n    ]`,
    '  }',
  ].join('\n');

const writtenStep = ({ at, random, input, effects, view }: Vector['steps'][number]): string => {
  const seen = Object.entries(view).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return [
    `      { "at": ${at}, "random": ${random}, "input": ${JSON.stringify(input)},`,
    `        "effects": [${lines(effects.map((effect) => JSON.stringify(effect)))}],`,
    `        "view": {${lines(seen)}} }`,
  ].join('\n');
};

const lines = (all: readonly string[]): string =>
  all.length > 1 ? `\n          ${all.join(',\n          ')}\n        ` : all.join('');
