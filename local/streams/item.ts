/** An item in DynamoDB's JSON, as tables hold it and streams tell of it. */

export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Item };

export type Item = Readonly<Record<string, AttributeValue>>;

/** Whether two items say the same: attributes and the members of sets have no order. */
export const isSameItem = (a: Item, b: Item): boolean => canonical(a) === canonical(b);

const canonical = (item: Item): string =>
  `{${Object.keys(item)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalValue(item[name])}`)
    .join()}}`;

const canonicalValue = (value: AttributeValue | undefined): string => {
  if (value === undefined) return '';
  if ('M' in value) return canonical(value.M);
  if ('L' in value) return `[${value.L.map(canonicalValue).join()}]`;
  if ('SS' in value) return `SS${JSON.stringify([...value.SS].sort())}`;
  if ('NS' in value) return `NS${JSON.stringify([...value.NS].sort())}`;
  if ('BS' in value) return `BS${JSON.stringify([...value.BS].sort())}`;
  return JSON.stringify(value);
};

/**
 * The bytes of an item as DynamoDB counts them: names and texts in UTF-8, a number by its digits, three for a list or map
 * and one for each of its elements.
 */
export const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

const sizeOfValue = (value: AttributeValue): number => {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return sizeOfNumber(value.N);
  if ('B' in value) return sizeOfBinary(value.B);
  if ('SS' in value) return sumOf(value.SS, (one) => Buffer.byteLength(one));
  if ('NS' in value) return sumOf(value.NS, sizeOfNumber);
  if ('BS' in value) return sumOf(value.BS, sizeOfBinary);
  if ('L' in value) return 3 + sumOf(value.L, (one) => 1 + sizeOfValue(one));
  if ('M' in value) return 3 + Object.keys(value.M).length + sizeOf(value.M);
  return 1;
};

const sizeOfBinary = (base64: string): number => Buffer.from(base64, 'base64').length;

/** Two digits a byte, by pairs that begin at the decimal point; one more for the exponent and one for a sign. */
const sizeOfNumber = (text: string): number => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([-+]?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return 1;
  const beforePoint = digits.length - fraction.length + Number(exponent);
  const isOddStart = beforePoint % 2 !== 0;
  return 1 + Math.ceil((significant.length + (isOddStart ? 1 : 0)) / 2) + (sign === '-' ? 1 : 0);
};

const sumOf = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((sum, one) => sum + of(one), 0);
