/** Items as DynamoDB writes them, and back, as the SDK's document client has it: numbers as text, bytes in base64. */

/** One attribute in JSON, under the letter of its type. */
export type WireValue = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, WireValue>>;

export type MarshallOptions = Readonly<{
  /** Instead of refusing them. */
  removeUndefinedValues?: boolean;
}>;
export type UnmarshallOptions = Readonly<{
  /** What becomes of a number's text. Default: a number, or a bigint where a double does not hold it. */
  wrapNumbers?: (text: string) => unknown;
}>;

/** A value that no attribute can hold. Its text says the kind and never the value. */
export class UnsupportedValue extends Error {
  readonly code = 'UNSUPPORTED_VALUE';

  constructor(what: string) {
    super(`DynamoDB has no attribute for ${what}`);
    this.name = 'UnsupportedValue';
  }
}

/** An item or a key; throws `UnsupportedValue`. */
export const marshallItem = (item: object, options: MarshallOptions): WireItem => {
  const wire: [string, WireValue][] = [];
  for (const [name, value] of Object.entries(item))
    if (isKept(value, options)) wire.push([name, marshallValue(value, options)]);
  return Object.fromEntries(wire);
};

const isKept = (value: unknown, { removeUndefinedValues = false }: MarshallOptions): boolean =>
  typeof value !== 'function' && (value !== undefined || !removeUndefinedValues);

const marshallValue = (value: unknown, options: MarshallOptions): WireValue => {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
    case 'bigint':
      return { N: numberText(value) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      return value === null ? { NULL: true } : marshallObject(value, options);
    default:
      throw new UnsupportedValue(typeof value);
  }
};

const marshallObject = (value: object, options: MarshallOptions): WireValue => {
  if (Array.isArray(value))
    return { L: value.filter((one) => isKept(one, options)).map((one) => marshallValue(one, options)) };
  if (ArrayBuffer.isView(value)) return { B: base64Of(value) };
  if (value instanceof Set) return marshallSet([...value].filter((one) => isKept(one, options)));
  if (value instanceof Map) return { M: marshallItem(Object.fromEntries(value), options) };
  if (isPlain(value)) return { M: marshallItem(value, options) };
  throw new UnsupportedValue(`an object of the class ${value.constructor?.name}`);
};

const marshallSet = (values: readonly unknown[]): WireValue => {
  if (values.length === 0) throw new UnsupportedValue('an empty set');
  const texts = values.flatMap((one) => (typeof one === 'string' ? [one] : []));
  if (texts.length === values.length) return { SS: texts };
  const numbers = values.flatMap((one) => (typeof one === 'number' || typeof one === 'bigint' ? [one] : []));
  if (numbers.length === values.length) return { NS: numbers.map(numberText) };
  const bytes = values.flatMap((one) => (ArrayBuffer.isView(one) ? [one] : []));
  if (bytes.length === values.length) return { BS: bytes.map(base64Of) };
  throw new UnsupportedValue('a set of several kinds');
};

/** What a double holds exactly, and no other number: the table would keep another one than was meant. */
const numberText = (value: number | bigint): string => {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new UnsupportedValue(`the number ${value}`);
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new UnsupportedValue('a number that may have been rounded');
  return value.toString();
};

const base64Of = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** Of this realm or another, or of none. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** What an item or key of the table holds. */
export const unmarshallItem = (wire: object, options: UnmarshallOptions): Record<string, unknown> =>
  Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, unmarshallValue(value, options)]));

// biome-ignore lint/suspicious/noExplicitAny: what the table writes has no type here; each letter says what follows it
const unmarshallValue = (wire: any, options: UnmarshallOptions): unknown => {
  for (const letter in wire) {
    const value = wire[letter];
    switch (letter) {
      case 'S':
        return value;
      case 'N':
        return numberOf(value, options);
      case 'BOOL':
        return Boolean(value);
      case 'NULL':
        return null;
      case 'M':
        return unmarshallItem(value, options);
      case 'L':
        return value.map((one: WireValue) => unmarshallValue(one, options));
      case 'B':
        return bytesOf(value);
      case 'SS':
        return new Set(value);
      case 'NS':
        return new Set(value.map((text: string) => numberOf(text, options)));
      case 'BS':
        return new Set(value.map(bytesOf));
      default:
        throw new UnsupportedValue(`the letter ${letter}`);
    }
  }
  throw new UnsupportedValue('no letter at all');
};

const numberOf = (text: string, { wrapNumbers }: UnmarshallOptions): unknown => {
  if (wrapNumbers !== undefined) return wrapNumbers(text);
  const number = Number(text);
  return Math.abs(number) > Number.MAX_SAFE_INTEGER && Number.isFinite(number) ? BigInt(text) : number;
};

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
