/**
 * A cold start: imports a bundle and invokes it once. `node cold-subject.mjs BUNDLE EVENT`. Tells the processor time of both, of all threads,
 * how long they took, and what the function answered. JavaScript, because the type stripper would be measured, too.
 */
const [bundle, event] = process.argv.slice(2);
const usedMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const at = () => ({ used: usedMs(), ms: performance.now() });
const before = at();
const { handler } = await import(bundle);
const imported = at();
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 10_000 });
const called = at();
process.send({
  importMs: imported.used - before.used,
  callMs: called.used - imported.used,
  importTookMs: imported.ms - before.ms,
  callTookMs: called.ms - imported.ms,
  answer,
});
process.disconnect();
