/** AWS JSON: a POST whose header names the operation, with JSON there and back. */
import type { Call } from './client.ts';

export type JsonRpc = Readonly<{
  /** Such as `DynamoDB_20120810`. */
  target: string;
  version: '1.0' | '1.1';
}>;

/**
 * The call of one operation.
 *
 * @param read what becomes of its answer, which is an object
 */
export const jsonCall = <Output>(
  { target, version }: JsonRpc,
  operation: string,
  input: object,
  read: (output: Output) => Output = (output) => output,
): Call<Output> => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
  body: Buffer.from(JSON.stringify(input)),
  read: (body) => read(body.length === 0 ? JSON.parse('{}') : JSON.parse(body.toString())),
});
