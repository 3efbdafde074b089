import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { originOf } from '../../config-schema/origin.ts';
import { runs } from '../harness/runs.ts';

test.each([
  { text: 'https://till.example.com', origin: 'https://till.example.com' },
  { text: 'HTTPS://Till.Example.COM', origin: 'https://till.example.com' },
  { text: 'https://till.example.com:443', origin: 'https://till.example.com' },
  { text: 'http://till.example.com:80', origin: 'http://till.example.com' },
  { text: 'http://till.example.com:443', origin: 'http://till.example.com:443' },
  { text: 'https://till.example.com:08443', origin: 'https://till.example.com:8443' },
  { text: 'https://till.example.com.', origin: 'https://till.example.com.' },
  { text: 'https://Bücher.example', origin: 'https://xn--bcher-kva.example' },
  { text: 'http://[FD00::0:7]:80', origin: 'http://[fd00::7]' },
  { text: 'http://10.0.2.2:8787', origin: 'http://10.0.2.2:8787' },
  { text: 'Capacitor://LocalHost', origin: 'capacitor://localhost' },
  { text: 'app+x://host:0080', origin: 'app+x://host:80' },
])('$text is $origin', ({ text, origin }) => {
  expect(originOf(text)).toBe(origin);
  expect(originOf(origin)).toBe(origin);
});

test.each([
  '',
  'null',
  '*',
  'till.example.com',
  'https://',
  'file://',
  'https://till.example.com/',
  'https://till.example.com?',
  'https://till.example.com#',
  'https://me@till.example.com',
  'https://till.example.com:',
  'https://till.example.com:65536',
  'app://host:65536',
  'https://till.example.com:443:443',
  'https://til%6c.example.com',
  'https://a b.example',
  'https://till.example.com\\evil',
  ' https://till.example.com',
  'https://till.example.com, https://till.example.com',
  'app://bücher',
  'https://[::1',
  'https://[1.2.3]',
])('%j is no origin', (text) => {
  expect(originOf(text)).toBe(undefined);
});

test('whatever it is, what comes out is its own one spelling', () => {
  const parts = fc.tuple(
    fc.constantFrom('http', 'HTTPS', 'capacitor', 'x+y'),
    fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.string(),
    ),
    fc.oneof(
      fc.constant(''),
      fc.nat(70_000).map((port) => `:${port}`),
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map(([scheme, host, port]) => `${scheme}://${host}${port}`),
      ),
      (text) => {
        const origin = originOf(text);
        if (origin !== undefined) expect(originOf(origin)).toBe(origin);
      },
    ),
    { numRuns: runs(2_000) },
  );
});
