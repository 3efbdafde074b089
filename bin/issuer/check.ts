/** Whether the gateway can use an issuer: its document, its keys and one of its tokens, judged by the gateway's own rules. */
import type { Issuer } from '../../config-schema/issuer.ts';
import { isShared } from '../../config-schema/known-issuers.ts';
import { type FetchJson, signingKeys } from '../../lambdas/identity/signing-keys.ts';
import { verifyToken } from '../../lambdas/identity/verify-token.ts';
import { discover, fieldOf, get, inWords } from './discovery.ts';
import { bareEntry, completeEntry, type Said } from './bare-entry.ts';
import { algorithmsOf, entryFor } from './entry.ts';
import { alarmsOf, judgeKey, type JudgedKey, lineOfKey } from './key-judgements.ts';
import { type Line, note, ok, type Report, refused, shown } from './report.ts';
import type { readSampleToken, SampleToken } from './sample-token.ts';
import { linesOfToken } from './token-judgements.ts';

export type Ports = Readonly<{ fetchJson: FetchJson; now: () => number }>;

export type Asked = Said &
  Readonly<{
    /** Where the keys are, so that no document is asked. */
    jwksUri?: string | undefined;
    token?: ReturnType<typeof readSampleToken> | undefined;
  }>;

type Section = Report['sections'][number];

export const checkIssuer = async ({ fetchJson, now }: Ports, asked: Asked): Promise<Report> => {
  const found =
    asked.jwksUri === undefined ? await discover(fetchJson, asked.issuer) : { jwksUri: asked.jwksUri, lines: [] };
  const { lines } = found;
  if (!('jwksUri' in found))
    return { verdict: found.verdict, sections: [{ title: 'The issuer', lines }], entry: undefined };
  const { jwksUri } = found;
  const document: Section = { title: 'The issuer', lines: [...lines, ...sharedKeyLines(asked.issuer, jwksUri)] };
  const bare = completeEntry(bareEntry(asked, jwksUri));
  if (!('issuer' in bare))
    return ended('refused', [document], refused(`its ${bare.key} ${bare.problem}, got ${shown(jwksUri)}`));

  const got = await get(fetchJson, jwksUri);
  if ('failure' in got) return ended('not_found', [document], refused(`${jwksUri} ${inWords(got.failure)}`));
  const published = fieldOf(got.document, 'keys');
  if (!Array.isArray(published)) return ended('refused', [document], refused(`${jwksUri} ${noList}`));
  const keys = published.map(judgeKey);
  const keyLines = [...linesOfKeys(jwksUri, keys), ...alarmsOf(published)];
  const sections = [document, { title: `Its keys, at ${jwksUri}`, lines: keyLines }];
  if (isRefused(keyLines)) return { verdict: 'refused', sections, entry: undefined };

  const token = asked.token === undefined || 'isNoToken' in asked.token ? undefined : asked.token;
  const { entry, notes } = entryFor(asked, { jwksUri, keys, nowMs: now() }, token);
  const complete = completeEntry(entry);
  if (!('issuer' in complete)) return ended('refused', sections, refused(`${complete.key} ${complete.problem}`));
  const tokenLines =
    asked.token === undefined
      ? []
      : 'isNoToken' in asked.token
        ? [refused(asked.token.isNoToken)]
        : await judged(asked.token, complete.issuer, { now, fetchJson: async () => got.document });
  return {
    verdict: isRefused(tokenLines) ? 'refused' : 'usable',
    sections: [
      ...sections,
      ...(tokenLines.length > 0 ? [{ title: 'The token', lines: tokenLines }] : []),
      { title: 'The entry', lines: notes },
    ],
    entry,
  };
};

/** The entry that is made here says nothing of memberships, so that no role is asked for. */
const noRoles = { isRole: () => false, isOfEveryRestaurant: () => false };

/** By the verification that the gateway has, over the keys that were just read. */
const judged = async (token: SampleToken, issuer: Issuer, { fetchJson, now }: Ports): Promise<readonly Line[]> => {
  const verify = verifyToken({ findKey: signingKeys(fetchJson, now), domain: noRoles, now }, [issuer]);
  return linesOfToken(token, issuer, now(), await verify(token.text));
};

const isRefused = (lines: readonly Line[]): boolean => lines.some(({ is }) => is === 'refused');

const ended = (verdict: Report['verdict'], sections: readonly Section[], line: Line): Report => ({
  verdict,
  sections: [...sections, { title: 'Its keys', lines: [line] }],
  entry: undefined,
});

const noList =
  'has no list of keys: an issuer that signs with a shared secret publishes none. Let it sign with a key pair';

const linesOfKeys = (jwksUri: string, keys: readonly JudgedKey[]): readonly Line[] => {
  const usable = algorithmsOf(keys, undefined);
  if (keys.length === 0)
    return [refused(`${jwksUri} has an empty list: the issuer publishes no key yet, or signs with a shared secret`)];
  return [
    ...keys.map(lineOfKey),
    usable.length > 0
      ? ok(`the stage can list ${usable.join(', ')}`)
      : refused('none of these keys is one that the gateway verifies with'),
  ];
};

const sharedKeyLines = (issuer: string, jwksUri: string): readonly Line[] =>
  isShared(issuer, jwksUri)
    ? [note('these keys sign for strangers, too: issuer and audience are all that keeps them out')]
    : [];
