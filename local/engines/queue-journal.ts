import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { StartError } from '../start-error.ts';
import { apply, type Entry, entryIn, lineOf, type Messages } from './journal-entries.ts';

/** Told when the journal's state changes in a way that whoever runs the gateway should know. */
export type JournalEvent =
  /** It ended in the middle of an entry, which nobody was ever answered for. */
  | { readonly state: 'cut'; readonly bytes: number }
  /** Nothing can be written: what is new is refused until `writable`. */
  | { readonly state: 'unwritable'; readonly error: string }
  | { readonly state: 'writable' };

/** What changes in the queues, on disk before it is answered. */
export type QueueJournal = {
  /** What was in the queues when they were last open, and what has changed since. */
  readonly messages: Messages;
  /** Throws when the entry cannot be written; then it is as if it had never been. */
  readonly mustAppend: (entry: Entry) => void;
  /** What cannot be written now is written before the next entry that can. */
  readonly append: (entry: Entry) => void;
  readonly close: () => void;
};

/** The system's call; a test puts another in its place. */
export type Write = (fd: number, bytes: Buffer, offset: number, length: number, position: number) => number;

/** A journal this small is not worth writing anew. */
const smallBytes = 1024 * 1024;

/** How much larger than what it comes to a journal grows. */
const growth = 4;

/**
 * Opens the journal, or makes it. An entry is handed to the system before it is answered, so it outlives this process,
 * however that ends. It is not forced onto the medium: like the tables, the journal may miss its last moments after a power
 * failure. Its end may therefore be damaged, which is told and left out; damage before that throws `StartError`
 * (`DATA_CORRUPT`).
 */
export const openJournal = (
  path: string,
  onEvent: (event: JournalEvent) => void,
  write: Write = writeSync,
): QueueJournal => {
  const messages: Messages = new Map();
  let fd = open(path);
  /** The journal ends here; what an unfinished write left behind this is overwritten. */
  let length = readInto(messages, path, onEvent);
  cutOff(fd, length);
  let unwritten = Buffer.alloc(0);
  let isWritable = true;
  let isClosed = false;
  let nextCompactionBytes = smallBytes;

  const writeAt = (target: number, bytes: Buffer, position: number): void => {
    for (let done = 0; done < bytes.length; ) done += write(target, bytes, done, bytes.length - done, position + done);
  };

  /** Throws when not all of it could be written; then the journal ends where it ended. */
  const extend = (bytes: Buffer): void => {
    if (isClosed) throw new Error('the journal is closed');
    try {
      writeAt(fd, bytes, length);
    } catch (error) {
      told(false, error);
      cutOff(fd, length);
      throw error;
    }
    length += bytes.length;
    unwritten = Buffer.alloc(0);
    told(true);
  };

  const told = (can: boolean, error?: unknown): void => {
    if (can === isWritable) return;
    isWritable = can;
    onEvent(can ? { state: 'writable' } : { state: 'unwritable', error: String(error) });
  };

  const record = (entry: Entry): void => {
    apply(messages, entry);
    if (length >= nextCompactionBytes && !isClosed) compact();
  };

  /** Writes the journal anew, without what is over. Where there is no room for that, it grows on. */
  const compact = (): void => {
    const lines = [...messages.values()].map(({ queueName, message }) => lineOf({ did: 'sent', queueName, message }));
    const bytes = Buffer.from(lines.join(''));
    nextCompactionBytes = Math.max(length, growth * bytes.length) + smallBytes;
    if (bytes.length * growth > length) return;
    const next = `${path}.new`;
    const made = attempt(() => {
      const target = openSync(next, 'w', 0o600);
      try {
        writeAt(target, bytes, 0);
        // The rename must not reach the medium before what it puts in the journal's place.
        fsyncSync(target);
        renameSync(next, path);
        return target;
      } catch (error) {
        closeSync(target);
        throw error;
      }
    });
    if (made === undefined) {
      attempt(() => rmSync(next, { force: true }));
      return;
    }
    closeSync(fd);
    fd = made;
    length = bytes.length;
    // Nothing is lost with it: what could not be written is in what was written now.
    unwritten = Buffer.alloc(0);
    nextCompactionBytes = growth * length + smallBytes;
  };

  return {
    messages,
    mustAppend: (entry) => {
      extend(Buffer.concat([unwritten, Buffer.from(lineOf(entry))]));
      record(entry);
    },
    append: (entry) => {
      unwritten = Buffer.concat([unwritten, Buffer.from(lineOf(entry))]);
      attempt(() => extend(unwritten));
      record(entry);
    },
    close: () => {
      if (unwritten.length > 0) attempt(() => extend(unwritten));
      isClosed = true;
      closeSync(fd);
    },
  };
};

const open = (path: string): number => {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  } catch (cause) {
    throw new StartError('DATA_UNWRITABLE', `The file ${path} cannot be written to.`, { cause });
  }
};

/** Yields where the last whole entry ends. */
const readInto = (messages: Messages, path: string, onEvent: (event: JournalEvent) => void): number => {
  const bytes = readFileSync(path);
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf('\n', at);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.toString('utf8', at, end);
    const entry = newline < 0 ? undefined : attempt(() => entryIn(line));
    if (entry === undefined) {
      if (end < bytes.length) throw damaged(path);
      onEvent({ state: 'cut', bytes: bytes.length - at });
      return at;
    }
    apply(messages, entry);
    at = end;
  }
  return at;
};

const damaged = (path: string): StartError =>
  new StartError('DATA_CORRUPT', `The file ${path} is damaged; delete it to start with empty queues.`);

/** On a full disk a file can still become shorter. What cannot be cut off is overwritten by the next entry. */
const cutOff = (fd: number, length: number): void => {
  attempt(() => ftruncateSync(fd, length));
};

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    return undefined;
  }
};
