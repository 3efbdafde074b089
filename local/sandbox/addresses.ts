/** Where a name of the deployed world is answered on this machine. */
export type Address = { readonly deployed: string; readonly local: string };

/** A text with deployed addresses answered locally, as a name server would. */
export const withLocalAddresses = (text: string, addresses: readonly Address[]): string =>
  addresses.reduce((changed, { deployed, local }) => changed.replaceAll(deployed, local), text);
