/** What the gateway's functions are called, wherever their construct stands. */
import { entryNames } from '../lib/entries.ts';

const names = entryNames.map((entry) => entry.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()));
const pattern = new RegExp(`(${names.join('|')})Function`);

/** `Connect` of `ConnectFunction80B8911E`, and of `Shop-DoorGatewayConnectFunction80B8911E`; undefined where it is none of the gateway's. */
export const functionNameIn = (text: string): string | undefined => pattern.exec(text)?.[1];
