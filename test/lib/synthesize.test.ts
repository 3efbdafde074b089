import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseStageFile } from '../../config-schema/stage-file.ts';
import { buildNameIn } from '../../lib/build-name.ts';
import { entryNames } from '../../lib/entries.ts';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { SynthesisError, synthesize } from '../../lib/synthesize.ts';

const scratch = mkdtempSync(join(tmpdir(), 'maitred-synthesize-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const failureOf = async (run: Promise<unknown>): Promise<SynthesisError> => {
  const outcome = await run.catch((error: unknown) => error);
  if (outcome instanceof SynthesisError) return outcome;
  throw new Error('synthesis did not fail', { cause: outcome });
};

describe('the cloud assembly of a stage', () => {
  let outdir = '';
  const assetsIn = (directory: string): string[] => readdirSync(directory).filter((name) => name.startsWith('asset.'));
  const templateIn = (directory: string): string =>
    readFileSync(join(directory, 'maitred-local-gateway.template.json'), 'utf8');

  beforeAll(async () => {
    // Synthesized by whoever needed it first; below it is compared with one that is new.
    outdir = await keptAssembly('local');
  });

  test('has all three stacks', () => {
    const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
    const kind = 'aws:cloudformation:stack';
    const stacks = Object.keys(artifacts).filter((name) => artifacts[name].type === kind);
    expect(stacks).toEqual(['maitred-local-state', 'maitred-local-gateway', 'maitred-local-monitoring']);
  });

  /** As `config/local.json` has it. */
  const functionPart = expect.objectContaining({
    authTimeoutSeconds: 5,
    issuers: [expect.objectContaining({ alias: 'demo', issuer: 'http://issuer.maitred.localhost' })],
    budgets: expect.objectContaining({ hostileFailures: 1000 }),
  });

  test('has a bundle of its own for each function, with nothing beside it but the configuration of the stage, and its map where it is not deployed', () => {
    expect(assetsIn(outdir)).toHaveLength(entryNames.length);
    for (const asset of assetsIn(outdir)) {
      expect(readdirSync(join(outdir, asset)).sort()).toEqual(['index.mjs', 'stage.json']);
      const code = readFileSync(join(outdir, asset, 'index.mjs'), 'utf8');
      expect(parseStageFile(readFileSync(join(outdir, asset, 'stage.json'), 'utf8'))).toEqual(functionPart);
      expect(code).toMatch(/export\s*\{[^}]*\bhandler\b/);
      expect(code).not.toContain('sourceMappingURL');
      expect(existsSync(join(outdir, 'maps', `${buildNameIn(Buffer.from(code))}.map`))).toBe(true);
    }
  });

  test('has neither sources nor the credential chain in its bundles, and no path of this machine', () => {
    const maps = readdirSync(join(outdir, 'maps'));
    expect(maps).toHaveLength(entryNames.length);
    for (const file of maps) {
      const map = JSON.parse(readFileSync(join(outdir, 'maps', file), 'utf8'));
      expect(map).not.toHaveProperty('sourcesContent');
      expect(map.sources.filter((source: string) => !source.startsWith('../'))).toEqual([]);
      expect(map.sources.filter((source: string) => /credential-provider-(?!env)/.test(source))).toEqual([]);
    }
  });

  test('is the same in another folder', async () => {
    const again = join(scratch, 'second');
    await synthesize({ stage: 'local', outdir: again, validate: false });
    expect(assetsIn(again)).toEqual(assetsIn(outdir));
    expect(templateIn(again)).toBe(templateIn(outdir));
  });
});

describe('a synthesis that fails says in one sentence why', () => {
  test('when the stage has no file', async () => {
    const failure = await failureOf(synthesize({ stage: 'nowhere', outdir: join(scratch, 'none') }));
    expect(failure).toMatchObject({ code: 'SYNTHESIS_FAILED', stage: 'nowhere' });
    expect(failure.message).toMatch(
      /^stage "nowhere" cannot be synthesized: config\/nowhere\.json cannot be read; stages with a file are .*dev.*$/,
    );
  });

  test('when the folder cannot be written', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    const failure = await failureOf(synthesize({ stage: 'local', outdir: join(file, 'below') }));
    expect(failure.message).toMatch(/^stage "local" cannot be synthesized: .*(?:ENOTDIR|not a directory).*$/);
  });
});
