/** Where the version stands, and those texts with the next one. */

/** The manifests of what is packed. */
export const manifests = ['package.json', 'client/package.json'] as const;

/** What has the version as a field. `docs/asyncapi.json` has it too, and is made of the first. */
export const versionFiles = [...manifests, 'package-lock.json'] as const;

/** As npm sets it: in a manifest, and in the lockfile once more for the project itself. */
export const withVersion = (text: string, version: string): string => {
  const read: { packages?: Readonly<Record<string, object>> } = JSON.parse(text);
  const own = read.packages?.[''];
  const written = {
    ...read,
    version,
    ...(own === undefined ? {} : { packages: { ...read.packages, '': { ...own, version } } }),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
};

/** What of a packed file's name says its version: pages say how to install one. */
export const packedName = (version: string): string => `-${version}.tgz`;
