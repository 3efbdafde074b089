import { expect, test } from '@jest/globals';
import { demandSmallEnvironment, EnvironmentSizeError, environmentBytes } from '../../lib/environment-size.ts';

const table = { Ref: 'Table' };

test.each([
  { why: 'nothing', variables: {}, bytes: '{}'.length },
  { why: 'names, values and what JSON puts around them', variables: { A: 'b' }, bytes: '{"A":"b"}'.length },
  { why: 'a quote with what escapes it', variables: { A: '"' }, bytes: '{"A":"\\""}'.length },
  { why: 'a letter of two bytes as two', variables: { A: 'é' }, bytes: '{"A":""}'.length + 2 },
  { why: 'a reference at its longest', variables: { A: table }, bytes: '{"A":""}'.length + 160 },
  {
    why: 'an attribute of another stack as a reference',
    variables: { A: { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'x' } } },
    bytes: '{"A":""}'.length + 160,
  },
  {
    why: 'a join by its parts, inner ones, too',
    variables: { A: { 'Fn::Join': ['/', ['https:', table, { 'Fn::Join': ['', ['a', table]] }]] } },
    bytes: '{"A":"https://a"}'.length + 320,
  },
])('an environment is counted as Lambda does: $why', ({ variables, bytes }) => {
  expect(environmentBytes(variables)).toBe(bytes);
});

test('the last byte that is allowed is, and one more is not', () => {
  const of = (bytes: number) => ({ A: 'x'.repeat(bytes - '{"A":""}'.length) });
  expect(() => demandSmallEnvironment('Connect', of(3072))).not.toThrow();
  expect(() => demandSmallEnvironment('Connect', of(3073))).toThrow(EnvironmentSizeError);
  expect(() => demandSmallEnvironment('Connect', of(3073))).toThrow(
    expect.objectContaining({ code: 'ENVIRONMENT_TOO_LARGE', bytes: 3073 }),
  );
});
