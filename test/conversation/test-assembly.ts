/** The stage `test` as synthesized, with the transport that the environment asks for: `TRANSPORT=thin npm test -- test/conversation`. */
import { join } from 'node:path';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { stageOver } from '../transport/stage-over.ts';

/** Kept apart from the other: both have the same sources. */
const thinFolder = join(import.meta.dirname, '..', '..', '.maitred', 'thin-assemblies');

/** The folder of the assembly, which nobody may write to. */
export const testAssembly = (transport = process.env['TRANSPORT']): Promise<string> =>
  transport === 'thin' ? keptAssembly('test', { folder: thinFolder, make: stageOver('thin') }) : keptAssembly('test');
