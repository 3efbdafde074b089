/** How often a property is tried: the full count costs half a minute of processor time, and is for `.ci/run`. */

const isFull = process.env['PROPERTY_RUNS'] === 'full';

/** A fifth of the full count where `PROPERTY_RUNS` is not `full`. fast-check prints the seed of what fails. */
export const runs = (full: number): number => (isFull ? full : Math.ceil(full / 5));
