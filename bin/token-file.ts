/** The one way in for a token: a file, or standard input. On the command line it would be in the shell's history and in the list of processes. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { FailedError, NotFoundError, UsageError } from './command.ts';

const maxBytes = 64 * 1024;

/**
 * What is in the file, or comes in where it is called "-". No error quotes the name: it may be a token by mistake. `option` is how the
 * command calls it.
 */
export const readTokenFile = async (name: string, option = '--token-file'): Promise<string> => {
  if (name === '-' && process.stdin.isTTY)
    throw new UsageError(`${option} - reads a pipe: typed here the token would stay on the screen`);
  try {
    return await textOf(name === '-' ? process.stdin : createReadStream(name));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new NotFoundError(`the file of ${option} is not there`);
    throw new FailedError(`the file of ${option} cannot be read (${code})`);
  }
};

const textOf = async (stream: Readable): Promise<string> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    pieces.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes > maxBytes) throw new UsageError('--token-file holds more than 64 KB, which is no token');
  }
  return Buffer.concat(pieces).toString();
};
