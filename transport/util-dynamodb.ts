/** Stands in for `@aws-sdk/util-dynamodb` in the functions' thin bundles (an alias in `lib/`): what they import of it. */
import { type UnmarshallOptions, unmarshallItem, type WireItem } from './attribute-values.ts';

export const unmarshall = (item: WireItem, options: UnmarshallOptions = {}): Record<string, unknown> =>
  unmarshallItem(item, options);
