import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startGateway } from '../../local/gateway.ts';
import { StartError } from '../../local/start-error.ts';
import { writeAssembly } from './fixture-assembly.ts';
import { runGateway } from './running-gateway.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'data-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a taken port is told in a sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(runGateway({ port })).rejects.toMatchObject({
    name: 'StartError',
    code: 'PORT_TAKEN',
    message: `Port ${port} is taken: choose another one, as in --port 9000.`,
  });
  other.close();
});

test('a port that was given is used', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  const gateway = await runGateway({ port });
  expect(gateway.url).toBe(`ws://127.0.0.1:${port}/local`);
  await gateway.close();
});

test('a data folder that is a file cannot be written to', async () => {
  const dataDir = join(dir, 'file');
  writeFileSync(dataDir, '');
  await expect(runGateway({ dataDir })).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
});

test('a data folder below a file cannot be made', async () => {
  writeFileSync(join(dir, 'file'), '');
  await expect(runGateway({ dataDir: join(dir, 'file', 'data') })).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
});

// The superuser may write everywhere.
(process.getuid?.() === 0 ? test.skip : test)('a read-only data folder cannot be written to', async () => {
  chmodSync(dir, 0o500);
  await expect(runGateway({ dataDir: dir })).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
});

test.each([
  { why: 'a damaged database', damage: (tables: string) => damageManifest(tables) },
  { why: 'a database without its index file', damage: (tables: string) => rmSync(join(tables, 'CURRENT')) },
])('$why is told in a sentence', async ({ damage }) => {
  const first = await runGateway({ dataDir: dir });
  await first.close();
  damage(join(dir, 'tables'));
  await expect(runGateway({ dataDir: dir })).rejects.toMatchObject({
    code: 'DATA_CORRUPT',
    message: expect.stringContaining(dir),
  });
});

test.each([
  { why: 'a damaged key', file: 'issuer-key.json', text: '{"kty":"EC"}' },
  { why: 'a key that is no JSON', file: 'issuer-key.json', text: 'key' },
  { why: 'damaged queues', file: 'queues.journal', text: '{"did":"sung"}\n{"did":"purged","queueName":"Timer"}\n' },
  { why: 'damaged queues of an older gateway', file: 'queues.json', text: '{"app-Timer":[{}]}' },
])('$why is told in a sentence', async ({ file, text }) => {
  writeFileSync(join(dir, file), text);
  await expect(runGateway({ dataDir: dir })).rejects.toMatchObject({
    code: 'DATA_CORRUPT',
    message: expect.stringContaining(join(dir, file)),
  });
});

test('a data folder serves one gateway at a time', async () => {
  const first = await runGateway({ dataDir: dir });
  await expect(runGateway({ dataDir: dir })).rejects.toMatchObject({ code: 'DATA_IN_USE' });
  await first.close();
});

test('kept tables with other keys than the template are not touched', async () => {
  const first = await runGateway({ dataDir: dir });
  await first.close();
  const changed = runGateway({ dataDir: dir }, ({ template }) => {
    Object.assign(template.Resources['Connections']?.Properties ?? {}, {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
  });
  await expect(changed).rejects.toMatchObject({ code: 'DATA_INCOMPATIBLE' });
});

test.each([
  {
    why: 'no assembly at all',
    change: (assembly: string) => rmSync(join(assembly, 'manifest.json')),
    file: 'manifest.json',
  },
  {
    why: 'a manifest that is no JSON',
    change: (assembly: string) => writeFileSync(join(assembly, 'manifest.json'), '{'),
    file: 'manifest.json',
  },
  {
    why: 'a manifest of another kind',
    change: (assembly: string) => writeFileSync(join(assembly, 'manifest.json'), '{}'),
    file: 'manifest.json',
  },
  {
    why: 'a missing template',
    change: (assembly: string) => rmSync(join(assembly, 'app.template.json')),
    file: 'app.template.json',
  },
  {
    why: 'a template of another kind',
    change: (assembly: string) => writeFileSync(join(assembly, 'app.template.json'), '{"Resources":1}'),
    file: 'app.template.json',
  },
  {
    why: 'a missing asset list',
    change: (assembly: string) => rmSync(join(assembly, 'app.assets.json')),
    file: 'app.assets.json',
  },
])('$why: the sentence names $file', async ({ change, file }) => {
  const assemblyDir = writeAssembly();
  change(assemblyDir);
  const starting = startGateway({ assemblyDir });
  await expect(starting).rejects.toThrow(StartError);
  await expect(starting).rejects.toMatchObject({
    code: 'ASSEMBLY_UNREADABLE',
    message: expect.stringContaining(join(assemblyDir, file)),
  });
});

test('a failed start leaves nothing open', async () => {
  const port = await freePort();
  const failing = runGateway({ port }, ({ sources }) => {
    sources['Quiet'] = 'throw new Error("broken");';
  });
  await expect(failing).rejects.toMatchObject({ code: 'FUNCTION_UNLOADABLE' });
  const gateway = await runGateway({ port });
  await gateway.close();
});

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
};

const damageManifest = (tables: string): void => {
  const manifest = readdirSync(tables).find((file) => file.startsWith('MANIFEST')) ?? '';
  writeFileSync(join(tables, manifest), 'damaged');
};

test('the gateway listens on 127.0.0.1 and on no other address', async () => {
  const gateway = await runGateway();
  for (const url of [gateway.url, gateway.issuerUrl, gateway.dynamodbEndpoint, gateway.sqsEndpoint]) {
    const { hostname, port } = new URL(url);
    expect(hostname).toBe('127.0.0.1');
    // Still this machine, but not the address: only a server on all addresses would answer.
    const other = connect({ host: '127.0.0.2', port: Number(port) });
    await expect(once(other, 'connect')).rejects.toThrow();
    other.destroy();
  }
  await gateway.close();
});
