/**
 * `.ci/reference`: writes the pages of docs/reference of what typedoc found, or says which are not what would be written.
 * typedoc is no package of the project: it comes with a compiler of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FailedError, readArguments, run, UsageError } from '../bin/command.ts';
import type { Links } from './member-table.ts';
import type { Declaration } from './model.ts';
import { pageOf } from './page.ts';
import { pages } from './pages.ts';

const help = `Writes the pages of docs/reference.

  node reference/write.ts FOLDER [--write]

  FOLDER    has client.json and constructs.json, by typedoc
  --write   writes them; without it they are compared
`;

const docsDir = join(import.meta.dirname, '../docs/reference');

/** Where the exports of a page and of those beside it, of the same package, are told of; its own first. */
const linksFrom = (file: string): Links => {
  const beside = Object.entries(pages)
    .filter(([, { model }]) => model === pages[file]?.model)
    .toSorted(([a], [b]) => Number(a === file) - Number(b === file));
  return new Map(
    beside.flatMap(([page, { groups }]) =>
      Object.values(groups)
        .flat()
        .map((name) => [name, `${page === file ? '' : page}#${name.toLowerCase()}`] as const),
    ),
  );
};

await run(async () => {
  const { positionals, values } = readArguments(help, { write: { type: 'boolean' } });
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new UsageError('one FOLDER; see --help');
  const stale = Object.entries(pages).filter(([file, { model, module, ...page }]) => {
    const project: Declaration = JSON.parse(readFileSync(join(folder, `${model}.json`), 'utf8'));
    const entry = module === undefined ? project : project.children?.find(({ name }) => name === module);
    const text = pageOf(page, entry?.children ?? [], linksFrom(file));
    const path = join(docsDir, file);
    if (values.write !== true) return readFileSync(path, 'utf8') !== text;
    writeFileSync(path, text);
    return false;
  });
  if (stale.length > 0)
    throw new FailedError(
      `not what the docstrings say any more: ${stale.map(([file]) => `docs/reference/${file}`).join(', ')}; .ci/reference --write`,
    );
  process.stdout.write(`docs/reference: ${Object.keys(pages).length} pages\n`);
});
