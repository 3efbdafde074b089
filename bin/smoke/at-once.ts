/** Runs jobs side by side, `count` at a time, in their order. Resolves when all have ended; a failure is its job's own. */
export const atOnce = <Job, Result>(
  count: number,
  jobs: readonly Job[],
  run: (job: Job) => Promise<Result>,
): ReadonlyMap<Job, Promise<Result>> => {
  const starts = jobs.map(() => Promise.withResolvers<void>());
  const results = new Map<Job, Promise<Result>>();
  let next = 0;
  const startNext = (): void => starts[next++]?.resolve();
  for (const [index, job] of jobs.entries()) {
    const result = (starts[index]?.promise ?? Promise.resolve()).then(() => run(job)).finally(startNext);
    // Whoever awaits the result gets the failure; until then it is not unhandled.
    result.catch(() => {});
    results.set(job, result);
  }
  for (let i = 0; i < count; i++) startNext();
  return results;
};
