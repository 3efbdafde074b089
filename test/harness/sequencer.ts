/** The order of the test files: those that take longest first, so that no worker is left with one of them at the end. */
import { createRequire } from 'node:module';
import type { Test } from '@jest/test-result';

// As it is required: the types do not know that it is imported otherwise.
const { default: Sequencer }: typeof import('@jest/test-sequencer') = createRequire(import.meta.url)(
  '@jest/test-sequencer',
);

/** Longest first, by what they took on two processors; most of it is waiting. Whatever is not here takes less. */
export const longest = [
  'test/conversation/hanging.test.ts',
  'test/cli/start.test.ts',
  'test/conversation/who.test.ts',
  'test/conversation/conversations.test.ts',
  'test/cli/commands.test.ts',
  'test/conversation/canary-paths.test.ts',
  'test/contract/storage.test.ts',
  'test/conversation/units.test.ts',
  'test/conversation/overload.test.ts',
  'test/cli/endings.test.ts',
  'test/conversation/timers.test.ts',
  'test/client/gateway-ages.test.ts',
  'test/client/local-gateway.test.ts',
  'test/client/local-gateway-events.test.ts',
  'test/client/broken-lines.test.ts',
  'test/conversation/platform-clock.test.ts',
  'test/conversation/rate-limits.test.ts',
  'test/lib/rule-packs.test.ts',
];

/** What is listed in its order, then the others in theirs. */
export const longestFirst = <T extends Readonly<{ path: string }>>(tests: readonly T[]): T[] => {
  const first = longest.flatMap((file) => tests.filter(({ path }) => path.endsWith(file)));
  return [...first, ...tests.filter((test) => !first.includes(test))];
};

// biome-ignore lint/style/noDefaultExport: jest takes no other
export default class LongestFirst extends Sequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    return longestFirst(await super.sort(tests));
  }
}
