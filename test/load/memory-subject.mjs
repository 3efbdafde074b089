/**
 * A sandbox of a function: imports a bundle, invokes it once, and then a number of times more. `node memory-subject.mjs BUNDLE`; told its
 * event by the first message. Tells how long each took, and of a processor how long. JavaScript, as `cold-subject.mjs` is.
 */
const usedMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const timed = async (work) => {
  const [began, used] = [performance.now(), usedMs()];
  const value = await work();
  return { value, tookMs: performance.now() - began, processorMs: usedMs() - used };
};
// Its log is not what is measured.
process.stdout.write = () => true;

process.once('message', async ({ event, warm }) => {
  const { value, ...imported } = await timed(() => import(process.argv[2]));
  const again = (nth) => JSON.parse(JSON.stringify(event).replaceAll('REQUEST', `r-${process.pid}-${nth}`));
  const invoke = (nth) => timed(() => value.handler(again(nth), { getRemainingTimeInMillis: () => 60_000 }));
  const first = await invoke(0);
  const next = [];
  for (let nth = 1; nth <= warm; nth += 1) next.push(await invoke(nth));
  process.send({ imported, first, next });
  process.disconnect();
});
process.send('ready');
