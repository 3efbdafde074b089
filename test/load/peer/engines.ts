/**
 * What the peer's functions call, in a process of its own: this project's tables, queues and issuer on a port of the loopback address,
 * `node engines.ts ASSEMBLY`. Nobody's rights are looked at, and no timer or event leaves a queue: the peer runs no event source.
 */
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { readAssembly } from '../../../local/assembly.ts';
import { createAwsEndpoint } from '../../../local/aws-endpoint.ts';
import { readBlueprint } from '../../../local/blueprint.ts';
import { demoIn } from '../../../local/demo.ts';
import { openEngines } from '../../../local/engines/engines.ts';
import { createFaults } from '../../../local/faults.ts';
import { createIssuer, issuerPath } from '../../../local/issuer.ts';
import { listen, loopback } from '../../../local/loopback.ts';
import { createMeter } from '../../../local/meter.ts';
import { preferSmallHeaps } from '../../../local/sandbox/sandbox.ts';
import { serve } from '../../../local/wire.ts';

export type EnginesReady = Readonly<{ url: string; token: string }>;

const [assemblyDir = ''] = process.argv.slice(2);

preferSmallHeaps();
let answer: RequestListener = (_, response) => response.writeHead(503).end();
const { port } = await listen(0, (request, response) => answer(request, response));
const url = `http://${loopback}:${port}`;

const blueprint = readBlueprint(readAssembly(assemblyDir), url);
const demo = demoIn(join(blueprint.functions[0]?.codeDir ?? '', 'stage.json'));
const faults = createFaults();
const engines = await openEngines(
  blueprint,
  blueprint.output('MembershipsTableName'),
  demo,
  undefined,
  faults,
  () => {},
  () => {},
);
const issuer = await createIssuer(url + issuerPath, undefined, demo);
const aws = createAwsEndpoint({
  engines,
  callers: { callerOf: () => ({ kind: 'operator' }) },
  recorder: createMeter(),
  faults,
  policy: () => undefined,
  senderIdOf: () => undefined,
});
answer = (request, response) => {
  if (!issuer.handle(request, response)) serve(aws, request, response);
};

process.once('disconnect', () => process.exit(0));
process.send?.({ url, token: await issuer.token('chef') } satisfies EnginesReady);
