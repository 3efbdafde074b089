/** How much is tried: what costs much and seldom tells more is for `.ci/run`, which sets `TESTS=full`. */
import { test } from '@jest/globals';

const isFull = process.env['TESTS'] === 'full';

/** How often: a tenth of the full count where `TESTS` is not `full`. fast-check prints the seed of what fails. */
export const runs = (full: number): number => (isFull ? full : Math.ceil(full / 10));

/** Of rows that each wait for long: those that differ most, and all where `TESTS` is `full`. */
export const rowsOf = <T>(all: readonly T[], few: readonly T[]): readonly T[] => (isFull ? all : few);

/** A test that has a quick form elsewhere, which its file names. Where `TESTS` is not `full` jest counts it as skipped. */
export const fullTest = isFull ? test : test.skip;
