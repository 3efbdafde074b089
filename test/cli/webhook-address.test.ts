import { expect, test } from '@jest/globals';
import { webhookAddress } from '../../bin/webhook-address.ts';

test.each([
  { text: 'http://127.0.0.1:8000/hook', address: 'http://127.0.0.1:8000/hook' },
  { text: 'http://localhost:8000', address: 'http://localhost:8000/' },
  { text: 'http://[::1]:8000/hook', address: 'http://[::1]:8000/hook' },
])('a webhook may be at $text', ({ text, address }) => {
  expect(webhookAddress(text)).toBe(address);
});

test.each([
  { why: 'another machine', text: 'http://192.168.1.5:8000/hook', says: 'this machine only' },
  { why: 'a name', text: 'http://example.com/hook', says: 'got example.com' },
  {
    why: 'a name that only begins like this machine',
    text: 'http://127.0.0.1.example.com/',
    says: 'this machine only',
  },
  { why: 'this machine behind a user', text: 'http://127.0.0.1@example.com/', says: 'got example.com' },
  { why: 'TLS', text: 'https://127.0.0.1:8000/hook', says: 'begins with http://' },
  { why: 'no URL', text: '8000', says: 'got 8000' },
])('a webhook at $why is refused with a sentence', ({ text, says }) => {
  expect(() => webhookAddress(text)).toThrow(says);
});
