/** The issuer of this machine in place of whoever issues tokens where a gateway is deployed. */
import { expect, test } from '@jest/globals';
import { withLocalIssuer } from '../../bin/local-issuer.ts';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseStageFile, stageFileOf } from '../../config-schema/stage-file.ts';
import { readStageConfig } from '../../lib/config.ts';

const usual = readStageConfig('config', 'local');
const issuer = (name: string) => ({
  alias: name,
  issuer: `https://${name}.example.com`,
  audience: 'tills',
  idTokens: 'other_audience',
});
const fileWith = (more: object): string => stageFileOf({ ...usual, ...more });

test('is the only one, whoever a stage trusts, and pages of this machine may connect', () => {
  const theirs = fileWith({ issuers: [issuer('staff'), issuer('kitchen')], developmentOrigins: false });
  const { issuers, developmentOrigins, ...config } = parseStageFile(withLocalIssuer(theirs));
  expect(issuers).toEqual(usual.issuers);
  expect(developmentOrigins).toBe(true);
  const { issuers: _, developmentOrigins: __, ...rest } = parseStageFile(theirs);
  expect(config).toEqual(rest);
});

test('comes to a stage that has a user pool of its own', () => {
  expect(parseStageFile(withLocalIssuer(fileWith({ issuers: [] }))).issuers).toEqual(usual.issuers);
});

test('has one user for each role where the stage names nobody', () => {
  const { demoUsers } = parseStageFile(withLocalIssuer(fileWith({ issuers: [], demoUsers: {} })));
  expect(demoUsers).toEqual(Object.fromEntries(Object.keys(usual.roles).map((role) => [role, role])));
});

test('leaves a stage as it is that trusts it', () => {
  const own = fileWith({});
  expect(withLocalIssuer(own)).toBe(own);
});

test('is in no file that is none', () => {
  expect(() => withLocalIssuer('{}')).toThrow(ConfigError);
});
