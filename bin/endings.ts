/** What asks a command that runs on to end: signals, a terminal that was closed, and the end of the npm that started it. */
import { readFileSync } from 'node:fs';

const lookMs = 1_000;

/**
 * Calls `stop` once, at the first of them. A second Ctrl-C or SIGTERM ends the process at once.
 *
 * npm hands SIGTERM on to the shell it starts scripts with, and nothing else to anybody, and the shell hands on nothing: a
 * signal to npm alone would leave this process running with nobody above it, so it looks for itself.
 */
export const onEnding = (stop: () => void): void => {
  let isStopping = false;
  const stopOnce = (): void => {
    if (isStopping) return;
    isStopping = true;
    process.off('SIGINT', stopOnce).off('SIGTERM', stopOnce);
    stop();
  };
  process.on('SIGINT', stopOnce).on('SIGTERM', stopOnce);
  // Stays on: who closes a terminal sends it once to each of several, and some of them send it on.
  process.on('SIGHUP', stopOnce);
  // With the terminal goes the place to write to; an error there must not end what is still being put in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stopOnce);
  if (isRunByNpm()) {
    setInterval(() => {
      if (npmAbove() !== npmAtStart) stopOnce();
    }, lookMs).unref();
  }
};

/** By `npm start`, or by `npx maitred start`. */
const isRunByNpm = (): boolean =>
  ['start', 'npx'].includes(process.env['npm_lifecycle_event'] ?? '') &&
  process.env['npm_config_user_agent']?.startsWith('npm/') === true;

/** This process's parent and, where that is a shell of npm's, the shell's own: as text, to be compared. */
const npmAbove = (): string => {
  const parent = process.ppid;
  const stat = statOf(parent);
  return stat === undefined || stat.name.startsWith('npm') ? String(parent) : `${parent} ${stat.parent}`;
};

/** What Linux says of a process; undefined elsewhere, where a shell that outlives its npm is not noticed. */
const statOf = (pid: number): { readonly name: string; readonly parent: string } | undefined => {
  try {
    const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, parent };
  } catch {
    return undefined;
  }
};

/** Taken when the process begins, before anything it was started by can be gone. */
const npmAtStart = npmAbove();
