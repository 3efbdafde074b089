/**
 * Whether a host is this machine, whatever a name server says: `localhost` and every name under it (RFC 6761, section 6.3),
 * all of 127.0.0.0/8 (RFC 1122, section 3.2.1.3) and ::1. As the `hostname` of a URL: lower case, IPv6 in brackets, no port.
 */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname);

/**
 * Whether a host is one of this machine or of the network around it, where no name server and no authority vouches for it: private
 * IPv4 (RFC 1918, which has the Android emulator's 10.0.2.2), link-local (RFC 3927, RFC 4291), private IPv6 (RFC 4193), and names
 * that the network's own devices give out (RFC 6762). As the `hostname` of a URL.
 */
export const isPrivateHost = (hostname: string): boolean =>
  isLoopback(hostname) ||
  privateIpv4.test(hostname) ||
  // fe80::/10 and fc00::/7.
  /^\[(?:fe[89ab]|f[cd][0-9a-f])[0-9a-f]:/.test(hostname) ||
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.local$/.test(hostname);

const privateIpv4 = /^(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168|169\.254)\.\d{1,3}\.\d{1,3}$/;
