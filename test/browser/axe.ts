/** A page under axe's rules. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Each broken rule with the elements that break it. */
export const violationsOf = async (page: Page): Promise<readonly string[]> => {
  // Injected by the debugger, which the page's content security policy does not bind.
  await page.evaluate(`globalThis.axe ?? (() => { ${axe} })()`);
  return page.evaluate<
    string[]
  >(`axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(({ violations, passes }) => [
    ...(passes.length < 20 ? ['axe looked at next to nothing'] : []),
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' + failureSummary)),
  ])`);
};
