/** Reads one of the worst frames many times, as a function does, and prints how long it took. */
import { scanObject } from '../../protocol/json/members.ts';
import { compileSchema } from '../../protocol/json-schema/compile.ts';
import { violationOf } from '../../protocol/json-schema/violation.ts';
import { limits } from '../../protocol/limits.ts';
import { median } from './functions.ts';
import { frameOf, worstCases } from './schema-cases.ts';
import type { FrameTimes } from './schema-frames.ts';

const rounds = 200;

const one = worstCases[Number(process.argv[2])];
if (one === undefined) throw new Error(`no case ${process.argv[2]}`);
const compiled = compileSchema(one.schema);
if ('problem' in compiled) throw new Error(`${compiled.at.join('.')} ${compiled.problem}`);
const frame = frameOf(one.data);
if (Buffer.byteLength(frame) > limits.maxFrameBytes) throw new Error(`${one.why}: larger than a frame`);

const readMs = (): number => {
  const startedMs = performance.now();
  const read = scanObject(frame, limits.maxMessageDepth);
  const data = 'members' in read ? read.members.get('data') : undefined;
  const violation = data === undefined ? 'unread' : violationOf(compiled, JSON.parse(data.text));
  const tookMs = performance.now() - startedMs;
  if (violation !== undefined) throw new Error(`${one.why}: ${JSON.stringify(violation)}`);
  return tookMs;
};

const firstMs = readMs();
const times: FrameTimes = { firstMs, medianMs: median(Array.from({ length: rounds }, readMs)) };
process.stdout.write(JSON.stringify(times));
