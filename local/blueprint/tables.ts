import * as v from 'valibot';
import { type StreamBlueprint, viewTypes } from '../streams/record.ts';
import type { Template } from '../template.ts';

/** A table as `CreateTable` takes it, and its stream where it has one. */
export type TableBlueprint = { readonly name: string; readonly stream?: StreamBlueprint } & v.InferOutput<
  typeof tableProperties
>;

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
  StreamSpecification: v.optional(v.object({ StreamViewType: v.picklist(viewTypes) })),
});

/** All tables of the app with their keys, indexes, time to live and stream. */
export const readTables = (template: Template): readonly TableBlueprint[] =>
  template
    .find(['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'], tableProperties)
    .map(({ ref, region, properties, attribute }) => {
      const { KeySchema, StreamSpecification } = properties;
      if (StreamSpecification === undefined) return { name: ref, ...properties };
      const stream = {
        arn: attribute('StreamArn'),
        region,
        viewType: StreamSpecification.StreamViewType,
        keyNames: KeySchema.map(({ AttributeName }) => AttributeName),
      };
      return { name: ref, stream, ...properties };
    });
