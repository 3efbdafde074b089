import { describe, expect, test } from '@jest/globals';
import { EnvironmentError, environment, textFrom } from '../lambdas/env.ts';

const { auditTable } = environment;

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
    expect(() => textFrom(env, auditTable)).toThrow(
      expect.objectContaining({ code: 'ENVIRONMENT_INVALID', variable: 'AUDIT_TABLE' }),
    );
  });

  test('has a name of its own', () => {
    const names = Object.values(environment);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });
});
