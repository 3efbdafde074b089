/** Whether a release may be made, before anything is built or written. */

export type Standing = Readonly<{
  /** What git says is not as it was committed, by path. */
  uncommitted: readonly string[];
  /** The version of each manifest, by its path. */
  versions: Readonly<Record<string, string>>;
  /** The tags that there are. */
  tags: readonly string[];
  /** CHANGELOG.md. */
  changelog: string;
}>;

/** Three numbers: what comes before a release has no number. */
const versionForm = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

export const isVersion = (text: string): boolean => versionForm.test(text);

/** Why `next` cannot be released as things stand, in one sentence; `undefined` where it can. */
export const refusalOf = (next: string, { uncommitted, versions, tags, changelog }: Standing): string | undefined => {
  const [path] = uncommitted;
  if (path !== undefined)
    return `the tree is not as it was committed (${path}${uncommitted.length > 1 ? ` and ${uncommitted.length - 1} more` : ''}): a release is made of a commit`;
  const [current = '', ...others] = new Set(Object.values(versions));
  if (others.length > 0)
    return `the packages have different versions: ${Object.entries(versions)
      .map(([manifest, version]) => `${manifest} ${version}`)
      .join(', ')}`;
  if (!isNewer(next, current)) return `${next} is not newer than ${current}`;
  if (tags.includes(`v${next}`)) return `there is a tag v${next} already`;
  const section = sectionOf(changelog, next);
  if (section === undefined) return `CHANGELOG.md has no heading "## ${next}"`;
  if (section === '') return `CHANGELOG.md says nothing under "## ${next}"`;
  if (sectionOf(changelog, 'Unreleased'))
    return `CHANGELOG.md has something under "## Unreleased" still: it belongs under "## ${next}"`;
  return undefined;
};

const isNewer = (next: string, current: string): boolean => {
  const [a, b] = [numbersOf(next), numbersOf(current)];
  const [difference] = a.map((number, at) => number - (b[at] ?? 0)).filter((by) => by !== 0);
  return difference !== undefined && difference > 0;
};

const numbersOf = (version: string): readonly number[] => version.split('.').map(Number);

/** What stands under a heading; `undefined` where there is none. */
const sectionOf = (changelog: string, heading: string): string | undefined =>
  changelog
    .split(/^## /m)
    .slice(1)
    .map((section) => section.split(/\n([\s\S]*)/, 2))
    .find(([title]) => title?.trim() === heading)?.[1]
    ?.trim();
