import { expect, test } from '@jest/globals';
import { createSocketNumbers } from '../../console/socket-numbers.ts';

test("a device's sockets are numbered from 1 in the order they appear, from one client to the next", () => {
  const sockets = createSocketNumbers();
  const first = sockets.ofClient();
  expect([first(2), first(2), first(5), first(2)]).toEqual([1, 1, 2, 1]);
  const second = sockets.ofClient();
  expect([second(2), first(5), second(3)]).toEqual([3, 2, 4]);
});
