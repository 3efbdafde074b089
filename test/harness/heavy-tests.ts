/**
 * The test files that `npm test` leaves to `.ci/run full`: each takes long, by the processor or by waiting for deadlines, and
 * another file has a quick form of the same check. A command that names them runs them.
 */
export const heavyTests = [
  { file: 'test/attacks/hostile-strings.test.ts', quick: 'test/protocol/hostile-frames.test.ts' },
  { file: 'test/attacks/key-endpoint.test.ts', quick: 'test/identity/signing-keys.test.ts' },
  { file: 'test/cli/benches.test.ts', quick: 'test/cli/commands.test.ts' },
  { file: 'test/cli/endings.test.ts', quick: 'test/local/shutdown.test.ts' },
  { file: 'test/cli/start.test.ts', quick: 'test/cli/commands.test.ts' },
  { file: 'test/client/broken-lines.test.ts', quick: 'test/client/real-sockets.test.ts' },
  { file: 'test/client/gateway-ages.test.ts', quick: 'test/client/local-gateway.test.ts' },
  { file: 'test/client/local-gateway-events.test.ts', quick: 'test/client/local-gateway.test.ts' },
  { file: 'test/client/outbox-process.test.ts', quick: 'test/client/outbox-kills.test.ts' },
  { file: 'test/conversation/canary-paths.test.ts', quick: 'test/conversation/conversations.test.ts' },
  { file: 'test/conversation/concurrency.test.ts', quick: 'test/model/concurrency.test.ts' },
  { file: 'test/conversation/failing-table.test.ts', quick: 'test/model/failing-table.test.ts' },
  { file: 'test/conversation/frames-of-a-socket.test.ts', quick: 'test/invariants/bounded-cost.test.ts' },
  { file: 'test/conversation/grants.test.ts', quick: 'test/local/role-rights.test.ts' },
  { file: 'test/conversation/hanging.test.ts', quick: 'test/routes/hanging.test.ts' },
  { file: 'test/conversation/outages.test.ts', quick: 'test/routes/unavailable.test.ts' },
  { file: 'test/conversation/outbox-queue.test.ts', quick: 'test/conversation/outbox.test.ts' },
  { file: 'test/conversation/overload.test.ts', quick: 'test/local/arrivals.test.ts' },
  { file: 'test/conversation/platform-clock.test.ts', quick: 'test/local/limits.test.ts' },
  { file: 'test/conversation/rate-limits.test.ts', quick: 'test/routes/rate-limits.test.ts' },
  { file: 'test/conversation/redelivery.test.ts', quick: 'test/routes/redeliver.test.ts' },
  { file: 'test/conversation/reentry.test.ts', quick: 'test/routes/reentry.test.ts' },
  { file: 'test/conversation/timers.test.ts', quick: 'test/routes/auth-timeout.test.ts' },
  { file: 'test/conversation/two-configurations.test.ts', quick: 'test/routes/unrecognized-rows.test.ts' },
  { file: 'test/conversation/units.test.ts', quick: 'test/cost/month.test.ts' },
  { file: 'test/conversation/who.test.ts', quick: 'test/session/who.test.ts' },
  { file: 'test/examples/receivers.test.ts', quick: 'test/outbox/promises.test.ts' },
  { file: 'test/lib/rule-packs.test.ts', quick: 'test/lib/maitred-gateway.test.ts' },
  { file: 'test/local/kept-data.test.ts', quick: 'test/local/queue-journal.test.ts' },
  { file: 'test/local/queue-kills.test.ts', quick: 'test/local/queue-journal.test.ts' },
  { file: 'test/local/streams/stream-kills.test.ts', quick: 'test/local/streams/table-streams.test.ts' },
  { file: 'test/model/preemption.test.ts', quick: 'test/model/concurrency.test.ts' },
] as const;

/**
 * Patterns for jest: the heavy ones that no argument names by its path, or none where all is to be tried.
 *
 * @param parameters what the command was given
 */
export const heavyToIgnore = (parameters: readonly string[], tests = process.env['TESTS']): string[] =>
  tests === 'full'
    ? []
    : heavyTests
        .map(({ file }): string => file)
        .filter((file) => !parameters.some((parameter) => parameter.includes('/') && file.includes(parameter)))
        .map((file) => `<rootDir>/${file}`);
