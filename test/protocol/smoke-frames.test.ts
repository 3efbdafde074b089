/** The smoke test has the reasons from PROTOCOL.md by hand, so that it does not ask the gateway what is right; here the document is asked. */
import { describe, expect, test } from '@jest/globals';
import {
  authError,
  closing,
  closings,
  differenceFrom,
  type ExpectedFrame,
  errorReply,
  errors,
  refusals,
} from '../../bin/smoke/frames.ts';
import { tableOf } from '../documents/markdown.ts';
import { keysOf } from '../keys-of.ts';
import { section, tickedIn } from './protocol-document.ts';

const timestamp = '2026-11-23T18:30:05.007Z';

/** The rows of a table of reasons by their reason. */
const rowsUnder = (heading: string): ReadonlyMap<string, readonly string[]> =>
  new Map(tableOf(section(heading), 'reason').map(([reason, ...advice]) => [tickedIn(reason).join(), advice]));

/** A frame as the document has it. */
const frameOf = (type: string, reason: string, [error, code, reconnect, reauthenticate, wait]: readonly string[]) => ({
  type,
  error,
  code: Number(code),
  reason,
  reconnect: reconnect === 'yes',
  reauthenticate: reauthenticate === 'yes',
  retry_after_ms: wait === '–' ? null : Number(wait),
  ...(type === 'auth_error' ? { data: { error } } : {}),
  timestamp,
});

type Expected = Readonly<{ reason: string; is: ExpectedFrame }>;

describe.each<{ type: string; heading: string; frames: readonly Expected[] }>([
  {
    type: 'auth_error',
    heading: '### `auth_error`',
    frames: keysOf(refusals).map((reason) => ({ reason, is: authError(reason) })),
  },
  {
    type: 'closing',
    heading: '## Closing',
    frames: keysOf(closings).map((reason) => ({ reason, is: closing(reason) })),
  },
])('what the smoke test expects of $type', ({ type, heading, frames }) => {
  const rows = rowsUnder(heading);

  test('has every reason of the document and no other', () => {
    expect(frames.map(({ reason }) => reason)).toEqual([...rows.keys()]);
  });

  test.each(frames)('is the advice of the document: $reason', ({ reason, is }) => {
    const frame = frameOf(type, reason, rows.get(reason) ?? []);
    expect(differenceFrom(is, JSON.stringify(frame))).toBeUndefined();
    const other = { ...frame, reconnect: !frame.reconnect };
    expect(differenceFrom(is, JSON.stringify(other))).toContain('(see reconnect)');
  });
});

test('what the smoke test expects of error is what the document says', () => {
  const said = [...rowsUnder('### `error`')].map(([reason, [error]]) => ({ type: 'error', error, reason, timestamp }));
  expect(keysOf(errors)).toEqual(said.map(({ reason }) => reason));
  for (const [index, reason] of keysOf(errors).entries())
    expect(differenceFrom(errorReply(reason), JSON.stringify(said[index]))).toBeUndefined();
});
