/** What a Markdown page says that can be checked: its links, its headings, the commands and paths it names. Pure. */

/** A link or an image as written: the address, and whether it is shown as an image. */
export type Link = Readonly<{ target: string; image: boolean }>;

type Code = Readonly<{ language: string; text: string }>;

const fence = /^(`{3,})([\w-]*)[^\n]*\n([\s\S]*?)^\1[ \t]*$/gm;
const codeSpan = /(`+)(?!`)([^\n]*?[^`\n])\1(?!`)/g;

/** Blocks between fences, with the language they name. */
export const blocksOf = (text: string): readonly Code[] =>
  [...text.matchAll(fence)].map(([, , language = '', code = '']) => ({ language, text: code }));

const withoutBlocks = (text: string): string => text.replace(fence, '');

/** The text of each code span, blocks apart. */
const spansOf = (text: string): readonly string[] =>
  [...withoutBlocks(text).matchAll(codeSpan)].map(([, , code = '']) => code.trim());

/** Every link of a page, code apart: inline, by reference, and images. */
export const linksOf = (text: string): readonly Link[] => {
  const prose = withoutBlocks(text).replace(codeSpan, '');
  // One way to read each character: with two, an open bracket before many links takes a time that doubles with each.
  const inline = /(!?)\[(?:[^[\]]|\[[^\]]*\])*\]\(\s*([^()\s]+)(?:\s+"[^"]*")?\s*\)/g;
  const reference = /^ {0,3}\[[^\]]+\]:\s*(\S+)/gm;
  const images = /!\[[^\]]*\]\(\s*([^()\s]+)/g;
  return [
    ...[...prose.matchAll(inline)]
      .filter(([, mark]) => mark === '')
      .map(([, , target = '']) => ({ target, image: false })),
    ...[...prose.matchAll(reference)].map(([, target = '']) => ({ target, image: false })),
    ...[...prose.matchAll(images)].map(([, target = '']) => ({ target, image: true })),
  ];
};

/**
 * The anchors of a page's headings by GitHub's rule: the heading as it is read, in lower case, without all but letters, digits,
 * spaces, hyphens and underscores, each space a hyphen; said again, it gets a number.
 */
export const anchorsOf = (text: string): ReadonlySet<string> => {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(text).matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$/gm)) {
    const slug = heading
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
};

/** What a page tells its reader to run with npm: in code only, for prose may speak of npm. `run` is how scripts are named. */
export const npmCommandsOf = (text: string): readonly Readonly<{ run: boolean; name: string }>[] =>
  [...spansOf(text), ...blocksOf(text).map((block) => block.text)].flatMap((code) =>
    [...code.matchAll(/\bnpm (run )?(?:-{1,2}[\w-]+ )*([a-z][\w:-]*)/g)].map(([, run, name = '']) => ({
      run: run !== undefined,
      name,
    })),
  );

/**
 * Paths of these folders that a page names in code spans and in blocks of shell commands. Those with a gap for the reader to
 * fill, such as `config/<stage>.json`, are nobody's path.
 */
export const pathsOf = (text: string, folders: readonly string[]): readonly string[] =>
  [...spansOf(text), ...blocksOf(text).flatMap(({ language, text: code }) => (language === 'sh' ? code : []))]
    .flatMap((code) => code.split(/[\s"'=]+/))
    .map((word) => word.replace(/[,;:.)]+$/, ''))
    .filter((word) => folders.some((folder) => word.startsWith(`${folder}/`)) && !/[<>…]/.test(word));

/** The text of each section under a heading of the second level, by its heading. */
export const sectionsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [heading = '', ...lines] = section.split('\n');
        return [heading, lines.join('\n')];
      }),
  );

/** What is set in bold: the figures of a summary. */
export const boldOf = (text: string): readonly string[] =>
  [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, bold = '']) => bold);

/** The cells of the table that begins with this column, under its head; throws when there is none. */
export const tableOf = (text: string, firstColumn: string): readonly (readonly string[])[] => {
  const rows = withoutBlocks(text)
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.slice(1, -1).split('|') : []).map((cell) => cell.trim()));
  const head = rows.findIndex(([first]) => first === firstColumn);
  if (head < 0) throw new Error(`no table of ${firstColumn}`);
  const end = rows.findIndex((cells, index) => index > head && cells.length === 0);
  return rows.slice(head + 2, end < 0 ? undefined : end);
};
