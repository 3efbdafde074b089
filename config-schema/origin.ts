/** Origins (RFC 6454) as they are compared, in a stage's configuration and at a handshake. */

const written = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:\\[\]%]+)(?::(\d{1,5}))?$/i;
const webSchemes = new Set(['http', 'https']);

/**
 * The one spelling of an origin: scheme and host in lower case, a name of another script as browsers send it (`xn--…`), no
 * default port. Undefined for what is none: `null`, which a browser says where it has no other word, an address with a path, a
 * scheme without a host (`file://`). A name with a dot at its end is another host, as it is for browsers.
 */
export const originOf = (text: string): string | undefined => {
  const [, scheme = '', host = '', port] = written.exec(text) ?? [];
  const name = scheme.toLowerCase();
  if (webSchemes.has(name)) return URL.canParse(text) ? new URL(text).origin : undefined;
  // Pages in an app's shell, such as `capacitor://localhost`: no default port is known of their schemes.
  if (host === '' || !/^[!-~]+$/.test(host) || Number(port ?? 0) > 65_535) return undefined;
  return `${name}://${host.toLowerCase()}${port === undefined ? '' : `:${Number(port)}`}`;
};
