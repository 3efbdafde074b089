/** Whether a text is a range of IPv4 or IPv6 addresses: an address, a slash and how many of its bits count (RFC 4632, RFC 4291). */
export const isCidr = (text: string): boolean => {
  const [address = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  if (isIpv4(address)) return Number(length) >= 8 && Number(length) <= 32;
  return isIpv6(address) && Number(length) >= 16 && Number(length) <= 128;
};

const isIpv4 = (address: string): boolean =>
  /^(?:\d{1,3}\.){3}\d{1,3}$/.test(address) && address.split('.').every((byte) => Number(byte) <= 255);

const isIpv6 = (address: string): boolean => {
  const [before = '', after, ...more] = address.split('::');
  if (more.length > 0) return false;
  const groups = [before, after].flatMap((part) => (part ? part.split(':') : []));
  return (
    groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) &&
    (after === undefined ? groups.length === 8 : groups.length < 8)
  );
};
