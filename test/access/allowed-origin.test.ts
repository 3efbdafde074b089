import { describe, expect, test } from '@jest/globals';
import { isAllowedOrigin } from '../../lambdas/access/allowed-origin.ts';

const listed = 'https://till.example.com';
const inIdn = 'https://xn--bcher-kva.example:8443';

type Row = Readonly<{ why: string; origin: string | undefined; host: string | undefined; is: boolean }>;

describe('of a stage', () => {
  test.each<Row>([
    { why: 'a page of the gateway itself', origin: 'https://door.example', host: 'door.example', is: true },
    { why: 'React Native at API Gateway', origin: 'https://a1.execute-api.x', host: 'a1.execute-api.x', is: true },
    {
      why: 'the same with the port that https has',
      origin: 'https://door.example:443',
      host: 'door.example',
      is: true,
    },
    {
      why: 'the same where the host has that port',
      origin: 'https://door.example',
      host: 'door.example:443',
      is: true,
    },
    { why: 'the same in other letters', origin: 'HTTPS://Door.Example', host: 'dOOR.example', is: true },
    { why: 'the same with another port', origin: 'https://door.example:444', host: 'door.example', is: false },
    { why: 'the same without TLS', origin: 'http://door.example', host: 'door.example', is: false },
    { why: 'a page of the local gateway', origin: 'http://127.0.0.1:8787', host: '127.0.0.1:8787', is: true },
    { why: 'another address of this machine', origin: 'http://127.0.0.2:8787', host: '127.0.0.2:8787', is: true },
    { why: 'IPv6', origin: 'http://[::1]:8787', host: '[::1]:8787', is: true },
    { why: 'a name of this machine', origin: 'http://localhost:8787', host: 'localhost:8787', is: true },
    { why: 'a name of this machine, at its own port 80', origin: 'http://localhost:80', host: 'localhost', is: true },
    { why: 'a name under it', origin: 'http://door.localhost', host: 'door.localhost', is: true },
    { why: 'another port of it', origin: 'http://localhost:3000', host: 'localhost:8787', is: false },
    { why: 'the network around it', origin: 'http://10.0.2.2:8787', host: '10.0.2.2:8787', is: false },
    { why: 'a host that begins like it', origin: 'http://127.0.0.1.example', host: '127.0.0.1.example', is: false },
    { why: 'the list', origin: listed, host: 'door.example', is: true },
    { why: 'the list in other letters', origin: 'https://TILL.example.com', host: 'door.example', is: true },
    { why: 'the list with its default port', origin: `${listed}:443`, host: 'door.example', is: true },
    { why: 'the list with another port', origin: `${listed}:80`, host: 'door.example', is: false },
    { why: 'the list with a dot at the end', origin: `${listed}.`, host: 'door.example', is: false },
    { why: 'the list with a path', origin: `${listed}/`, host: 'door.example', is: false },
    { why: 'the list with a user', origin: 'https://me@till.example.com', host: 'door.example', is: false },
    { why: 'the list twice', origin: `${listed}, ${listed}`, host: 'door.example', is: false },
    { why: 'the list in its own script', origin: 'https://Bücher.example:8443', host: 'door.example', is: true },
    { why: 'the list as browsers send it', origin: inIdn, host: 'door.example', is: true },
    { why: 'the shell of an app', origin: 'capacitor://localhost', host: 'door.example', is: true },
    { why: 'the shell of another app', origin: 'ionic://localhost', host: 'door.example', is: false },
    { why: 'no page in particular', origin: 'null', host: 'door.example', is: false },
    { why: 'a file', origin: 'file://', host: 'door.example', is: false },
    { why: 'no text', origin: '', host: 'door.example', is: false },
    { why: 'nobody, as from a till', origin: undefined, host: 'door.example', is: true },
    { why: 'no host to be its own', origin: 'http://undefined', host: undefined, is: false },
  ])('an Origin of $why: $is', ({ origin, host, is }) => {
    const settings = { allowedOrigins: [listed, inIdn, 'capacitor://localhost'], developmentOrigins: false };
    expect(isAllowedOrigin(origin, [host], settings)).toBe(is);
  });
});

describe('on a developer’s machine', () => {
  const here = '127.0.0.1:8787';
  test.each<Row>([
    { why: 'a page of this machine, at whatever port', origin: 'http://localhost:5173', host: here, is: true },
    { why: 'the same by its address', origin: 'http://127.0.0.1:3000', host: here, is: true },
    { why: 'the same with TLS', origin: 'https://localhost:5173', host: here, is: true },
    { why: 'the same in IPv6', origin: 'http://[::1]:5173', host: here, is: true },
    { why: 'the Android emulator', origin: 'http://10.0.2.2:8787', host: '10.0.2.2:8787', is: true },
    { why: 'a phone in the network', origin: 'http://192.168.1.20:8787', host: '192.168.1.20:8787', is: true },
    { why: 'a page served to that phone', origin: 'http://192.168.1.20:5173', host: '192.168.1.20:8787', is: true },
    { why: 'a machine of a company network', origin: 'http://172.31.4.5', host: here, is: true },
    { why: 'an address that no DHCP gave', origin: 'http://169.254.7.7:8787', host: here, is: true },
    { why: 'a private IPv6 address', origin: 'http://[fd12:3456::7]:8787', host: '[fd12:3456::7]:8787', is: true },
    { why: 'a link-local IPv6 address', origin: 'http://[fe80::1]:8787', host: '[fe80::1]:8787', is: true },
    { why: 'a name in the network', origin: 'http://Chefs-Mac.local:8081', host: 'chefs-mac.local:8787', is: true },
    { why: 'a page of the internet', origin: 'https://evil.example', host: here, is: false },
    { why: 'a name made to point here', origin: 'http://evil.example:8787', host: 'evil.example:8787', is: false },
    { why: 'a public address', origin: 'http://11.0.2.2:8787', host: here, is: false },
    { why: 'an address beside the private ones', origin: 'http://172.32.0.1', host: here, is: false },
    { why: 'another beside them', origin: 'http://192.169.0.1', host: here, is: false },
    { why: 'a public IPv6 address', origin: 'http://[2001:db8::1]:8787', host: here, is: false },
    { why: 'a name that ends like one', origin: 'http://evil-local', host: here, is: false },
    { why: 'a name that contains one', origin: 'http://mac.local.evil.example', host: here, is: false },
    { why: 'the shell of an app', origin: 'capacitor://localhost', host: here, is: false },
    { why: 'no page in particular', origin: 'null', host: here, is: false },
    {
      why: 'a page of this machine, at a deployed gateway',
      origin: 'http://localhost:5173',
      host: 'door.example',
      is: false,
    },
  ])('an Origin of $why: $is', ({ origin, host, is }) => {
    expect(isAllowedOrigin(origin, [host], { allowedOrigins: [], developmentOrigins: true })).toBe(is);
  });
});
