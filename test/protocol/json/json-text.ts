import { type JsonText, scannedBefore } from '../../../protocol/json/json-text.ts';
import { type Members, scanObject } from '../../../protocol/json/members.ts';

/** A value as a publisher in JavaScript writes it. */
export const jsonText = (value: unknown): JsonText => scannedBefore(JSON.stringify(value));

/** The members of an object as a client in JavaScript writes it. */
export const membersOf = (value: object): Members => {
  const read = scanObject(JSON.stringify(value), Number.POSITIVE_INFINITY);
  if ('refused' in read) throw new Error(`it is refused as ${read.refused}`);
  return read.members;
};
