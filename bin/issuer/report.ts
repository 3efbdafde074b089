/** What a check found, line by line, and how it is told. */

/** `ok` and `refused` are what the gateway would say; a `note` is for the person who decides. */
export type Line = Readonly<{ is: 'ok' | 'refused' | 'note'; says: string }>;

/** `not_found`: there is no key set, so that nothing else can be said. */
export type Verdict = 'usable' | 'refused' | 'not_found';

export type Report = Readonly<{
  verdict: Verdict;
  sections: readonly Readonly<{ title: string; lines: readonly Line[] }>[];
  /** What belongs into the stage's configuration; undefined where no entry would do. */
  entry: Readonly<Record<string, unknown>> | undefined;
}>;

export const ok = (says: string): Line => ({ is: 'ok', says });
export const refused = (says: string): Line => ({ is: 'refused', says });
export const note = (says: string): Line => ({ is: 'note', says });

const marks = { ok: 'ok', refused: 'REFUSED', note: 'note' } as const;
const verdicts = {
  usable: 'The gateway can use this issuer.',
  refused: 'As it is the gateway refuses this: see REFUSED above.',
  not_found: 'No keys of this issuer were found: see REFUSED above.',
} as const;

/** The report as a person reads it, and the entry as it is pasted. */
export const textOf = ({ sections, verdict, entry }: Report): string =>
  [
    ...sections.map(({ title, lines }) =>
      [title, ...lines.map(({ is, says }) => `  ${marks[is].padEnd(7)}  ${says}`)].join('\n'),
    ),
    ...(entry === undefined
      ? []
      : [`For config/<stage>.json:\n\n${asciiOf(JSON.stringify({ issuers: [entry] }, null, 2))}`]),
    verdicts[verdict],
  ].join('\n\n');

const maxShownChars = 160;

/** A value of the issuer's or the token's, as a line may quote it: it cannot speak to the terminal, and ends. */
export const shown = (value: unknown): string => {
  const text = asciiOf(JSON.stringify(value) ?? 'nothing');
  return text.length <= maxShownChars ? text : `${text.slice(0, maxShownChars)}...`;
};

const asciiOf = (json: string): string =>
  json.replace(/[^\x20-\x7e\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
