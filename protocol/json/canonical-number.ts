/**
 * A number token by its exact decimal value, however long it is: digits that neither begin nor end with 0, then `e` and the
 * power of ten they are multiplied by, unless that is 0. So 10 is `1e1`, 1.50 is `15e-1`, and zero of either sign `0`.
 */
export const canonicalNumber = (token: string): string => {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token);
  if (parts === null) throw new SyntaxError('not a number of JSON');
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const written = whole + fraction;
  let from = 0;
  while (written[from] === '0') from++;
  let to = written.length;
  while (to > from && written[to - 1] === '0') to--;
  if (from === to) return '0';
  const power = sum(exponent, written.length - to - fraction.length);
  return `${sign}${written.slice(from, to)}${power === '0' ? '' : `e${power}`}`;
};

/** An exponent may have more digits than a double holds: `1e-99999999999999999` is a number, too. */
const sum = (exponent: string, shift: number): string =>
  exponent.length < 16 ? String(Number(exponent) + shift) : String(BigInt(exponent) + BigInt(shift));
