/** `node test/config-schema/write-extreme-configs.ts DIR`: writes the extreme configurations into a folder and prints the names of their stages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Extreme, extremeConfig, extremes } from './extreme-configs.ts';

/** As long as a stage's name may be where that is what is tried. */
const stageOf: Readonly<Record<Extreme, string>> = {
  everything: 'everything',
  smallest: 's',
  longest: 'longest-name-of-all-',
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('say into which folder');
for (const extreme of extremes) {
  writeFileSync(join(folder, `${stageOf[extreme]}.json`), JSON.stringify(extremeConfig(extreme), null, 2));
  console.log(stageOf[extreme]);
}
