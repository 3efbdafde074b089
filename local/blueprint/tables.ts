import * as v from 'valibot';
import type { Template } from '../template.ts';

/** A table as `CreateTable` takes it. */
export type TableBlueprint = { readonly name: string } & v.InferOutput<typeof tableProperties>;

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));

const indexes = v.optional(
  v.array(
    v.object({
      IndexName: v.string(),
      KeySchema: keySchema,
      Projection: v.object({ ProjectionType: v.string(), NonKeyAttributes: v.optional(v.array(v.string())) }),
    }),
  ),
);

const tableProperties = v.object({
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: indexes,
  LocalSecondaryIndexes: indexes,
  TimeToLiveSpecification: v.optional(v.object({ AttributeName: v.optional(v.string()), Enabled: v.boolean() })),
});

/** All tables of the app with their keys, indexes and time to live. */
export const readTables = (template: Template): readonly TableBlueprint[] =>
  template
    .find(['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'], tableProperties)
    .map(({ ref, properties }) => ({ name: ref, ...properties }));
