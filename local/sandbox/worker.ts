/**
 * The inside of a sandbox: the Lambda runtime, as far as a function can tell. Imports the unchanged bundle, then
 * handles one event after another. Everything the function writes goes to the gateway line by line.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { InvokeMessage, SandboxCode, SandboxMessage, Stream } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

const port = parentPort;
if (port === null) throw new Error('a sandbox runs in a worker thread');

const report = (message: SandboxMessage): void => port.postMessage(message);

const publish = (stream: Stream): void => {
  let rest = '';
  process[stream].write = (chunk: string | Uint8Array, ...others: unknown[]): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) report({ type: 'wrote', stream, line });
    const done = others.find((other) => typeof other === 'function');
    if (done !== undefined) process.nextTick(done);
    return true;
  };
};

const describe = (error: unknown): { errorType: string; errorMessage: string; stack: string[] } =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stack: error.stack?.split('\n') ?? [] }
    : { errorType: 'string', errorMessage: String(error), stack: [] };

const contextOf = (message: InvokeMessage): object => ({
  awsRequestId: message.requestId,
  functionName: message.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: message.functionArn,
  memoryLimitInMB: String(message.memoryMb),
  logGroupName: `/aws/lambda/${message.functionName}`,
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - Date.now()),
});

const handle = async (handler: Handler, message: InvokeMessage): Promise<void> => {
  try {
    const value = await handler(JSON.parse(message.event), contextOf(message));
    report({ type: 'returned', value: JSON.stringify(value) });
  } catch (error) {
    const { stack, ...described } = describe(error);
    process.stderr.write(
      `${new Date().toISOString()}\t${message.requestId}\tERROR\tInvoke Error \t${JSON.stringify({ ...described, stack })}\n`,
    );
    report({ type: 'threw', ...described });
  }
};

const start = async ({ moduleUrl, exportName }: SandboxCode): Promise<void> => {
  try {
    const handler: unknown = (await import(moduleUrl))[exportName];
    if (typeof handler !== 'function') throw new TypeError(`${moduleUrl} exports no function ${exportName}`);
    port.on('message', (message: InvokeMessage) => void handle(handler as Handler, message));
    report({ type: 'ready' });
  } catch (error) {
    const { errorType, errorMessage } = describe(error);
    report({ type: 'failed', errorType, errorMessage });
  }
};

publish('stdout');
publish('stderr');
await start(workerData);
