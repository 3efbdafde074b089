/**
 * A value where the types forbid it, on purpose: what a caller without types may pass, or a private part that is looked at. Any
 * other cast in a test hides a field that its value lacks.
 */
export const forbidden = (value: unknown): never => value as never;
