/** The re-entry pass: shown at every handshake, so that it does not count for an address that strangers share. It proves nothing. */
import type { Storage } from './storage.ts';

type Held = Readonly<{ pass: string; userId: string }>;

/** A platform refuses to open a socket with a subprotocol of other characters. */
const isPass = /^[\w.-]{1,128}$/;

/** @param key of the restaurant; whose pass it is stands beside it, since the next user is known only when they are let in */
export const passHolder = (storage: Storage | undefined, key: string, report: (error: unknown) => void) => {
  let held: Held | undefined;
  let written: Promise<unknown> = Promise.resolve();

  const hold = (next: Held | undefined) => {
    held = next;
    // One after another, so that the last one stays.
    written = written
      .then(() => (next ? storage?.set(key, `${next.pass} ${next.userId}`) : storage?.remove(key)))
      .catch(report);
  };

  return {
    /** Takes up what an earlier process kept. */
    load: async (): Promise<void> => {
      const [pass = '', userId = ''] = ((await storage?.get(key)) ?? '').split(' ');
      if (isPass.test(pass)) held ??= { pass, userId };
    },
    /** What to offer at the handshake; nothing without a pass, as ever. */
    protocols: (): string[] | undefined => held && ['maitred.v1', `maitred.pass.${held.pass}`],
    /** Somebody was let in. The pass of another user is forgotten, also where no other came. */
    keep: (userId: string, pass: string | undefined): void => {
      if (pass !== undefined && isPass.test(pass)) {
        if (held?.pass !== pass || held.userId !== userId) hold({ pass, userId });
      } else if (held && held.userId !== userId) hold(undefined);
    },
  };
};
