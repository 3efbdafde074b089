/** Whether a version, such as 20.19.4, is before another, of which the last parts may be left out. Pure. */
export const isOlder = (version: string, least: string): boolean => {
  const have = numbersIn(version);
  for (const [index, wanted] of numbersIn(least).entries()) {
    const part = have[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
};

const numbersIn = (version: string): readonly number[] => version.split('.').map((part) => Number.parseInt(part, 10));
