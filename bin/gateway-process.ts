/**
 * How the process of a gateway on this machine begins, which can only be said before it does: with two arenas of the C library for all of its
 * threads, and a small young generation of the main one. Decision 56 says what each saves.
 */
export const gatewayProcess = {
  execArgv: ['--max-semi-space-size=8'],
  env: { MALLOC_ARENA_MAX: '2' },
} as const;

/** Begins this process anew so, under the same id. Where that cannot be done, or somebody chose the arenas, it goes on as it is. */
export const restartAsGateway = (): void => {
  if (process.platform !== 'linux' || process.execve === undefined) return;
  if (process.env['MALLOC_ARENA_MAX'] !== undefined) return;
  const { execPath, execArgv, argv, env } = process;
  const flags = [...new Set([...execArgv, ...gatewayProcess.execArgv])];
  process.execve(execPath, [execPath, ...flags, ...argv.slice(1)], { ...env, ...gatewayProcess.env });
};
