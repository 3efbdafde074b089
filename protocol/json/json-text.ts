/** A JSON text that every receiver reads alike: `scan` made sure of it. It travels as it was written. */
export type JsonText = string & { readonly jsonText: unique symbol };

/** For a text that was scanned before it was stored or queued, or that is made of pieces that were. Checks nothing. */
export const scannedBefore = (text: string): JsonText => text as JsonText;

/** Why a text is none, in one fixed word. */
export type JsonProblem =
  /** `JSON.parse` refuses it, too. */
  | 'not_json'
  | 'not_an_object'
  | 'not_a_list'
  /** A key twice in one object: some receivers take the first, some the last, some neither. */
  | 'duplicate_key'
  /** Half a character: strict receivers cannot read the frame it is in. */
  | 'lone_surrogate'
  /** A number that a double holds as infinity: JavaScript hands it on as `null`, others refuse the frame. */
  | 'number_too_large'
  | 'too_deep';

/** What is wrong, and where: a position in UTF-16 units. */
export type Refused = Readonly<{ refused: JsonProblem; at: number }>;
