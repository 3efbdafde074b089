/** PURE. A frame of the wire, read as far as the page looks into it. */

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a frame; none where it is no JSON object. */
export const fieldsOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const frame: unknown = JSON.parse(text);
    return isRecord(frame) ? frame : {};
  } catch {
    return {};
  }
};

/** A field that is text; empty where it is missing or something else. */
export const word = (fields: Readonly<Record<string, unknown>>, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};
