/** The vectors of docs/content-identity.json, which publishers test their own code with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const Vectors = v.strictObject({
  values: v.array(
    v.strictObject({
      why: v.string(),
      texts: v.pipe(v.array(v.string()), v.nonEmpty()),
      decimals: v.optional(v.literal(true)),
      canonical: v.string(),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
  refused: v.array(v.strictObject({ why: v.string(), text: v.string(), reason: v.string() })),
});

const file = join(import.meta.dirname, '../../../docs/content-identity.json');
export const contentVectors = v.parse(Vectors, JSON.parse(readFileSync(file, 'utf8')));
