import { describe, expect, test } from '@jest/globals';
import { countFrom, EnvironmentError, environment, listFrom, textFrom } from '../lambdas/env.ts';

const { auditTable, auditRetentionDays, issuers } = environment;

describe('an environment variable', () => {
  test('that is text is read as it stands', () => {
    expect(textFrom({ AUDIT_TABLE: ' audit ' }, auditTable)).toBe(' audit ');
  });

  test.each([
    { why: 'missing', env: {} },
    { why: 'undefined', env: { AUDIT_TABLE: undefined } },
    { why: 'empty', env: { AUDIT_TABLE: '' } },
    { why: 'under another name', env: { audit_table: 'audit' } },
  ])('stops the function by name when it is $why', ({ env }) => {
    expect(() => textFrom(env, auditTable)).toThrow(EnvironmentError);
    expect(() => textFrom(env, auditTable)).toThrow('environment variable AUDIT_TABLE must be set');
  });

  test('that is a count is a whole number above 0', () => {
    expect(countFrom({ AUDIT_RETENTION_DAYS: '400' }, auditRetentionDays)).toBe(400);
    for (const text of ['0', '-1', '1.5', 'many', 'NaN', 'Infinity', '1e400', '9007199254740993', ' '])
      expect(() => countFrom({ AUDIT_RETENTION_DAYS: text }, auditRetentionDays)).toThrow(
        'environment variable AUDIT_RETENTION_DAYS must be a whole number above 0',
      );
    expect(() => countFrom({}, auditRetentionDays)).toThrow('AUDIT_RETENTION_DAYS must be set');
  });

  test('that is a list is a JSON array', () => {
    expect(listFrom({ ISSUERS: '[1,{"a":2}]' }, issuers)).toEqual([1, { a: 2 }]);
    expect(listFrom({ ISSUERS: '[]' }, issuers)).toEqual([]);
    for (const text of ['{}', 'null', '"a"', 'a,b', '[1'])
      expect(() => listFrom({ ISSUERS: text }, issuers)).toThrow('environment variable ISSUERS must be a JSON array');
    expect(() => listFrom({}, issuers)).toThrow('ISSUERS must be set');
  });

  test('is told apart from other failures by code and name, and never by its value', () => {
    const secret = 'not-json-canary';
    const reading = () => listFrom({ ISSUERS: secret }, issuers);
    expect(reading).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_INVALID', variable: 'ISSUERS' }));
    expect(reading).not.toThrow(secret);
  });

  test('has a name of its own', () => {
    const names = Object.values(environment);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });
});
