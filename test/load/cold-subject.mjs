/**
 * A cold start: imports a bundle and invokes it once. `node cold-subject.mjs BUNDLE EVENT`. Tells the processor time of both, of all threads,
 * and what the function answered. JavaScript, because the type stripper would be measured, too.
 */
const [bundle, event] = process.argv.slice(2);
const usedMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const before = usedMs();
const { handler } = await import(bundle);
const imported = usedMs();
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 10_000 });
const called = usedMs();
process.send({ importMs: imported - before, callMs: called - imported, answer });
process.disconnect();
