/** `.ci/bundlers`: packs the client, puts it into each project, and prints a line for each thing that it does there. */
import { resolve } from 'node:path';
import type { Consumer } from './consumers.ts';
import { openHouse } from './house.ts';
import type { Row } from './row.ts';
import { expoRows } from './rows/expo.ts';
import { jestRows } from './rows/jest.ts';
import { nodeRows } from './rows/node.ts';
import { packageRows } from './rows/package-checks.ts';
import { reactNativeRows } from './rows/react-native.ts';
import { recipeRows } from './rows/recipes.ts';
import { webRows } from './rows/web.ts';
import { packClient, projectOf } from './scratch.ts';

const rows: readonly Row[] = [
  ...packageRows,
  ...nodeRows,
  ...recipeRows,
  ...jestRows,
  ...webRows,
  ...reactNativeRows,
  ...expoRows,
];

const [folder = '', ...words] = process.argv.slice(2);
const scratch = resolve(folder);
const asked = rows.filter(({ where, what }) => words.every((word) => `${where} ${what}`.includes(word)));

const packed = await packClient(scratch);
const projects = new Map<string, Promise<string>>();
const projectFor = (consumer: Consumer): Promise<string> => {
  const project = projects.get(consumer.name) ?? projectOf(scratch, consumer, packed);
  projects.set(consumer.name, project);
  return project;
};

const lines: string[] = [];
let failed = 0;
const house = await openHouse();
try {
  for (const { where, what, consumer, run } of asked) {
    const startedMs = performance.now();
    let outcome: string;
    try {
      outcome = (await run({ project: await projectFor(consumer), packed, house })).trim();
    } catch (error) {
      failed += 1;
      outcome = 'FAILED';
      console.error(`\n${where}, ${what}: ${error instanceof Error ? error.message : error}\n`);
    }
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0).padStart(4);
    const line = `${where.padEnd(24)} ${what.padEnd(34)} ${seconds} s  ${outcome}`;
    lines.push(line);
    console.log(line);
  }
} finally {
  await house.close();
}
console.log(`\n${lines.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || asked.length === 0 ? 1 : 0;
