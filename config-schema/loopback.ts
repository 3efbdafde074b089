/**
 * Whether a host is this machine, whatever a name server says: `localhost` and every name under it (RFC 6761, section 6.3),
 * all of 127.0.0.0/8 (RFC 1122, section 3.2.1.3) and ::1. As the `hostname` of a URL: lower case, IPv6 in brackets, no port.
 */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname);
