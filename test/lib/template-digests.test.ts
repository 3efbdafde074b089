/** No template changes unless somebody means it: the parts of a stage may be put together anew, but not what is deployed. */
import { expect, test } from '@jest/globals';
import { digested, digestsWith, keptDigests } from './template-digests.ts';

// Of a difference the list has the logical ids. Where it is meant, `write-template-digests.ts` writes them anew.
test.each(Object.keys(digested))('every resource and output of a stage "%s" is what it was', (name) => {
  expect(digestsWith(name)).toEqual(keptDigests(name));
});
