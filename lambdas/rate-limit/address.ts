/**
 * Whom a rate limit counts: an IPv4 address, or the first 64 bits of an IPv6 address, since a customer is given a whole
 * /64 (RFC 6177) and could take a new address for every connection. An IPv4-mapped address is its IPv4 address. Text
 * that is no address is counted as it is.
 */
export const rateLimitAddress = (sourceIp: string): string => {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(sourceIp);
  if (mapped?.[1] !== undefined) return mapped[1];
  const groups = ipv6Groups(sourceIp);
  return groups === undefined ? sourceIp.slice(0, 45) : `${groups.slice(0, 4).map(canonical).join(':')}::/64`;
};

/** The eight groups of an IPv6 address, `::` filled up; undefined where they do not add up. */
const ipv6Groups = (text: string): readonly string[] | undefined => {
  const [head = '', tail, ...more] = (text.split('%')[0] ?? '').split('::');
  if (more.length > 0) return undefined;
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups : undefined;
};

const canonical = (group: string): string => Number.parseInt(group, 16).toString(16);
