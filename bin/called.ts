/**
 * What a command calls itself: npm's scripts have it in this checkout, `npx maitred` where the package is installed. The console's page
 * says it, too, so this knows nothing of Node.
 */

/** The build of the package puts `true` in its place. */
declare const MAITRED_IS_PACKAGED: boolean | undefined;

export const isPackaged = typeof MAITRED_IS_PACKAGED === 'boolean';

/** What they print is read by programs: without npm's own lines. */
const isQuiet = /^(?:token|smoke|issuer|types|trace)$/;

/** A command as people type it, from its name and what follows: `token chef`, `members list --restaurant R`. */
export const called = (line: string): string => {
  if (isPackaged) return `npx maitred ${line}`;
  const [, name = '', rest = ''] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
  const script = name === 'start' ? 'npm start' : `npm run ${isQuiet.test(name) ? '-s ' : ''}${name}`;
  return rest === '' ? script : `${script} -- ${rest}`;
};
