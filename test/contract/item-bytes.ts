/**
 * The size of an item as DynamoDB counts it: UTF-8 bytes of names and texts, about one byte for each two digits of a
 * number plus one, one for a boolean, three for a list or map plus one an element.
 * Source: "DynamoDB item sizes and formats", Amazon DynamoDB Developer Guide.
 */
export const itemBytes = (item: Readonly<Record<string, unknown>>): number =>
  Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

const valueBytes = (value: unknown): number => {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
      return Math.ceil(String(value).replace(/\D/g, '').length / 2) + 1;
    case 'boolean':
      return 1;
    default:
      break;
  }
  if (value === null) return 1;
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + 1 + valueBytes(one), 3);
  const map = value as Readonly<Record<string, unknown>>;
  return 3 + itemBytes(map) + Object.values(map).filter((one) => one !== undefined).length;
};
