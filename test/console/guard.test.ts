import { describe, expect, test } from '@jest/globals';
import { refusalOf } from '../../bin/console/guard.ts';

const json = 'application/json';

describe('the console answers', () => {
  test.each([
    { why: 'its address', method: 'GET', headers: { host: '127.0.0.1:8787' } },
    { why: 'its name', method: 'GET', headers: { host: 'LocalHost:8787' } },
    {
      why: 'its own page',
      method: 'POST',
      headers: { host: '127.0.0.1:8787', origin: 'http://127.0.0.1:8787', 'content-type': json },
    },
  ])('$why', ({ method, headers }) => {
    expect(refusalOf(method, headers, 8787)).toBeUndefined();
  });

  test.each([
    {
      why: 'a name that was made to point here',
      method: 'GET',
      headers: { host: 'evil.test:8787' },
      refusal: 'foreign_host',
    },
    {
      why: 'a name that begins like its own',
      method: 'GET',
      headers: { host: '127.0.0.1.evil.test:8787' },
      refusal: 'foreign_host',
    },
    { why: 'another port', method: 'GET', headers: { host: '127.0.0.1:1' }, refusal: 'foreign_host' },
    { why: 'no host', method: 'GET', headers: {}, refusal: 'foreign_host' },
    {
      why: 'a page from elsewhere',
      method: 'GET',
      headers: { host: '127.0.0.1:8787', origin: 'http://evil.test' },
      refusal: 'foreign_origin',
    },
    {
      why: 'a page of another port',
      method: 'GET',
      headers: { host: '127.0.0.1:8787', origin: 'http://127.0.0.1:1' },
      refusal: 'foreign_origin',
    },
    {
      why: 'a page without an origin of its own',
      method: 'GET',
      headers: { host: '127.0.0.1:8787', origin: 'null' },
      refusal: 'foreign_origin',
    },
    {
      why: 'a form',
      method: 'POST',
      headers: { host: '127.0.0.1:8787', 'content-type': 'text/plain' },
      refusal: 'not_json',
    },
  ])('not $why', ({ method, headers, refusal }) => {
    expect(refusalOf(method, headers, 8787)).toBe(refusal);
  });
});
