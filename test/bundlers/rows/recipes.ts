/** The React code of the client's README, read by the compiler with the libraries that it is for. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { Row } from '../row.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../client/README.md'), 'utf8');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const compilerOptions = {
  ...{ strict: true, noEmit: true, jsx: 'react-jsx', target: 'es2022', lib: ['es2022', 'dom'], types: [] },
  ...{ module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true },
};

export const recipeRows: readonly Row[] = [
  {
    where: 'README',
    what: 'recipes type-check',
    consumer: consumers.web,
    run: async ({ project }) => {
      const folder = join(project, 'recipes');
      mkdirSync(folder, { recursive: true });
      const recipes = [...readme.matchAll(/^#+ ([^\n]+)\n(?:(?!^#)[\s\S])*?```tsx\n([\s\S]*?)```/gm)];
      const names = recipes.map(([, heading = '', code = '']) => {
        const name = `${heading.toLowerCase().replaceAll(' ', '-')}.tsx`;
        writeFileSync(join(folder, name), code);
        return name;
      });
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: names }));
      await runCommand(process.execPath, [tsc, '--project', folder], { cwd: project });
      if (names.length < 3) throw new Error(`The README has these recipes only: ${names.join(', ')}`);
      return names.join(', ');
    },
  },
];
