/**
 * The inside of a sandbox: the Lambda runtime, as far as a function can tell. Imports the unchanged bundle, then handles
 * one event after another. What the function writes goes to the gateway line by line, and its requests to the gateway's
 * own services go through the thread's port (`shortcuts`). The messages are those of `messages.ts`.
 *
 * JavaScript and one file, because each sandbox would otherwise load the type stripper: 6 MB and 5 ms every time.
 */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const { moduleUrl, exportName, shortcuts, timeScale } = workerData;

const report = (message) => parentPort.postMessage(message);

const describe = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stack: error.stack?.split('\n') ?? [] }
    : { errorType: typeof error, errorMessage: String(error), stack: [] };

const publish = (stream) => {
  let rest = '';
  process[stream].write = (chunk, ...others) => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) report({ type: 'wrote', stream, line });
    const done = others.find((other) => typeof other === 'function');
    if (done !== undefined) process.nextTick(done);
    return true;
  };
};

/** Requests under way through the port, by number. */
const calls = new Map();
let lastCall = 0;

/** Stands in for a socket that is connected and never idle: clients set their timeouts on it. */
const connectedSocket = Object.assign(new EventEmitter().setMaxListeners(0), {
  connecting: false,
  setKeepAlive: () => connectedSocket,
  setNoDelay: () => connectedSocket,
  setTimeout: () => connectedSocket,
  destroy: () => connectedSocket,
});

/**
 * The answer to a request that went through the port: of `http.IncomingMessage` what clients use. It has come whole, and is told to
 * whoever listens for its data, reads it or pipes it. Streams of Node's own would be half of a call's cost.
 */
class PortAnswer extends EventEmitter {
  complete = true;
  statusMessage = '';
  #request;
  #body;
  #isRead = false;

  constructor(request, { status, headers, body }) {
    super();
    this.#request = request;
    this.#body = Buffer.from(body);
    this.statusCode = status;
    this.headers = headers;
  }

  on(event, listener) {
    super.on(event, listener);
    if (event === 'data') this.resume();
    return this;
  }

  resume() {
    if (!this.#isRead) process.nextTick(() => this.#tell());
    this.#isRead = true;
    return this;
  }

  pipe(target) {
    this.#isRead = true;
    if (this.#body.length > 0) target.write(this.#body);
    target.end();
    this.#ended();
    return target;
  }

  async *[Symbol.asyncIterator]() {
    this.#isRead = true;
    if (this.#body.length > 0) yield this.#body;
    this.#ended();
  }

  destroy(error) {
    this.#request.destroy(error);
    return this;
  }

  #tell() {
    if (this.#request.destroyed) return;
    if (this.#body.length > 0) this.emit('data', this.#body);
    this.#ended();
  }

  #ended() {
    this.emit('end');
    this.emit('close');
    this.#request.destroy();
  }
}

/** What `http.request` returns, for a request that goes through the port: of `http.ClientRequest` what clients use. */
class PortRequest extends EventEmitter {
  socket = connectedSocket;
  destroyed = false;
  #id = ++lastCall;
  #options;
  #origin;
  #chunks = [];

  constructor(origin, options, onResponse) {
    super();
    this.#origin = origin;
    this.#options = options;
    if (onResponse !== undefined) this.once('response', onResponse);
  }

  write(chunk) {
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return true;
  }

  end(chunk) {
    if (chunk !== undefined && chunk !== null) this.write(chunk);
    const { method = 'GET', path = '/', headers = {}, host, port } = this.#options;
    const named = { host: `${host}:${port}` };
    for (const name in headers) named[name.toLowerCase()] = String(headers[name]);
    const body = Buffer.concat(this.#chunks).toString();
    calls.set(this.#id, this);
    report({ type: 'called', id: this.#id, origin: this.#origin, request: { method, path, headers: named, body } });
    return this;
  }

  answered(answer) {
    calls.delete(this.#id);
    this.emit('response', new PortAnswer(this, answer));
  }

  /** Nobody hears of its answer any more. */
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    calls.delete(this.#id);
    process.nextTick(() => {
      if (error) this.emit('error', error);
      this.emit('close');
    });
    return this;
  }

  setTimeout() {
    return this;
  }

  setNoDelay() {}

  setSocketKeepAlive() {}
}

const requestOverSocket = http.request;

http.request = (...parameters) => {
  const [options, onResponse] = parameters;
  const origin = `http://${options?.host}:${options?.port}`;
  const isShort = shortcuts.some((one) => one.origin === origin && options.path?.startsWith(one.pathPrefix));
  return isShort ? new PortRequest(origin, options, onResponse) : requestOverSocket(...parameters);
};
syncBuiltinESMExports();

/**
 * Lets the function's own time pass more slowly: what it measures and waits for takes `timeScale` times as long. The
 * calendar is not its own: rows and tokens carry it from one function to another, and it stays as it is.
 */
const stretchTime = () => {
  const { now } = performance;
  performance.now = () => now.call(performance) / timeScale;
  for (const name of ['setTimeout', 'setInterval']) {
    const set = globalThis[name];
    globalThis[name] = (callback, ms = 0, ...args) => set(callback, ms * timeScale, ...args);
  }
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms * timeScale);
};
if (timeScale !== 1) stretchTime();

/** As Lambda's runtime for Node writes what a function threw, in the format of the function's log. */
const lineOfError = (requestId, errorType, errorMessage, stack) => {
  const timestamp = new Date().toISOString();
  return process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON'
    ? JSON.stringify({ timestamp, level: 'ERROR', requestId, message: { errorType, errorMessage, stackTrace: stack } })
    : `${timestamp}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify({ errorType, errorMessage, stack })}`;
};

const handle = async (handler, message) => {
  const endsAtMs = performance.now() + message.timeoutMs;
  const context = {
    awsRequestId: message.requestId,
    functionName: message.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: String(message.memoryMb),
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAtMs - performance.now())),
  };
  try {
    report({ type: 'returned', value: JSON.stringify(await handler(JSON.parse(message.event), context)) });
  } catch (error) {
    const { errorType, errorMessage, stack } = describe(error);
    process.stderr.write(`${lineOfError(message.requestId, errorType, errorMessage, stack)}\n`);
    report({ type: 'threw', errorType, errorMessage });
  }
};

publish('stdout');
publish('stderr');
try {
  const handler = (await import(moduleUrl))[exportName];
  if (typeof handler !== 'function') throw new TypeError(`${moduleUrl} exports no function ${exportName}`);
  parentPort.on('message', (message) => {
    if (message.type === 'invoke') void handle(handler, message);
    else calls.get(message.id)?.answered(message.answer);
  });
  report({ type: 'ready' });
} catch (error) {
  const { errorType, errorMessage } = describe(error);
  report({ type: 'failed', errorType, errorMessage });
}
