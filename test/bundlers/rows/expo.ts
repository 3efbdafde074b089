import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layApp } from '../app-files.ts';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { Row } from '../row.ts';

export const expoRows: readonly Row[] = [
  {
    where: 'Expo 58',
    what: 'expo export, hermesc',
    consumer: consumers.expo,
    run: async ({ project }) => {
      await layApp(project, 'esm', ['phone.js']);
      const { name, packages } = consumers.expo;
      const description = { name, private: true, main: 'app-esm/phone.js', dependencies: packages };
      writeFileSync(join(project, 'package.json'), JSON.stringify(description));
      writeFileSync(join(project, 'app.json'), JSON.stringify({ expo: { name, slug: name, platforms: ['android'] } }));
      const env = { EXPO_OFFLINE: '1', EXPO_NO_TELEMETRY: '1' };
      const expo = join(project, 'node_modules/expo/bin/cli');
      const args = [expo, 'export', '--platform', 'android', '--output-dir', 'exported'];
      const told = await runCommand(process.execPath, args, { cwd: project, env });
      const [compiled] = globSync('exported/_expo/static/js/android/*.hbc', { cwd: project });
      if (compiled === undefined) throw new Error(`Expo compiled nothing:\n${told}`);
      return 'exported as bytecode';
    },
  },
];
