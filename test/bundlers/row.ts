import type { Consumer } from './consumers.ts';

/** Where the running gateway is. */
export type House = Readonly<{ url: string; token: string; pageOrigin: string; servePages: (folder: string) => void }>;

export type Ground = Readonly<{ project: string; packed: string; house: House }>;

/** One line of the matrix. It throws, or says what was done. */
export type Row = Readonly<{
  where: string;
  what: string;
  consumer: Consumer;
  run: (ground: Ground) => Promise<string>;
}>;
