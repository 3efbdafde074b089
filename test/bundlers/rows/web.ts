/** A page in Chromium, made by a bundler. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from '../../browser/browser.ts';
import { layApp } from '../app-files.ts';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { House, Row } from '../row.ts';

const driver = (name: string) => join(import.meta.dirname, '../drivers', name);
const files = ['page.js', 'conversation.js', 'index.html'];

const titleIn = async (folder: string, { url, token, pageOrigin, servePages }: House): Promise<string> => {
  servePages(folder);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`${pageOrigin}/#${new URLSearchParams({ url, token })}`);
    await page.waitForFunction('document.title !== ""', undefined, { timeout: 30_000 });
    const title = await page.title();
    if (title.startsWith('failed')) throw new Error(title);
    return title;
  } finally {
    await browser.close();
  }
};

export const webRows: readonly Row[] = [
  {
    where: 'Vite 8, React 19',
    what: 'page in Chromium',
    consumer: consumers.web,
    run: async ({ project, house }) => {
      const app = await layApp(project, 'esm', files);
      const out = join(project, 'vite');
      await runCommand(process.execPath, [driver('vite.mjs'), app, out], { cwd: project });
      return titleIn(out, house);
    },
  },
  {
    where: 'webpack 5, React 19',
    what: 'page in Chromium',
    consumer: consumers.web,
    run: async ({ project, house }) => {
      const app = await layApp(project, 'esm', files);
      const out = join(project, 'webpack');
      mkdirSync(out, { recursive: true });
      copyFileSync(join(app, 'index.html'), join(out, 'index.html'));
      await runCommand(process.execPath, [driver('webpack.cjs'), join(app, 'page.js'), out], { cwd: project });
      return titleIn(out, house);
    },
  },
];
