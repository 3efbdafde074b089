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

/** The 128 bits of an address as text, an IPv4 address as ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2); undefined for other text. */
export const addressBits = (sourceIp: string): string | undefined => {
  const plain = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(sourceIp);
  if (plain) {
    const bytes = plain.slice(1).map(Number);
    return bytes.some((byte) => byte > 255)
      ? undefined
      : `${'0'.repeat(80)}${'1'.repeat(16)}${bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')}`;
  }
  if (!sourceIp.includes(':')) return undefined;
  return ipv6Groups(sourceIp)
    ?.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
};

const canonical = (group: string): string => Number.parseInt(group, 16).toString(16);
