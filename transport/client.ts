/** A client as the functions use the SDK's: `send` of a command, tried again where that may help, every try through `requestHandler`. */
import { clockOffset } from './clock.ts';
import { type EndpointService, endpointOf } from './endpoint.ts';
import {
  type Credentials,
  credentialsFromEnvironment,
  endpointFromEnvironment,
  flagFromEnvironment,
  regionFromEnvironment,
  traceFromEnvironment,
} from './environment.ts';
import { type ExceptionOf, exceptionIn, metadataOf } from './exceptions.ts';
import {
  type HandlerOptions,
  type HttpRequest,
  type HttpResponse,
  type RequestHandler,
  requestHandler,
} from './http.ts';
import { failureKindOf, pauseMs, retryAfterMs, tokenBucket } from './retry.ts';
import { type Signer, signer } from './signer.ts';

export type Service = EndpointService &
  Readonly<{
    /** In the scope of a signature. */
    signingName: string;
    /** As in `AWS_ENDPOINT_URL_SQS`. */
    environmentName: string;
    /** By default. */
    maxAttempts: number;
    /** The longest pause before a second try. */
    retryBaseMs: number;
    exceptionOf: ExceptionOf;
  }>;

/** Of the SDK's settings, those that the functions use. What it has beside them is not read. */
export type ClientSettings = Readonly<{
  region?: string;
  /** Default: those of the environment, as they are at each try. */
  credentials?: Credentials | (() => Credentials | Promise<Credentials>);
  endpoint?: string;
  maxAttempts?: number;
  requestHandler?: HandlerOptions;
  /** There is nothing to be kept here. */
  cacheMiddleware?: boolean;
}>;

/** What one command asks, and how its answer is read. */
export type Call<Output> = Readonly<{
  method: string;
  /** Below the endpoint's own path, its segments encoded. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array;
  /** The address that the command itself names, as a queue's URL does. It stands behind a configured one. */
  address?: string;
  /** The service's answer, which is taken as its documents have it: nobody checks its types. */
  read: (body: Buffer) => Output;
}>;

/** What the SDK calls a command: its input, and what becomes of it. */
export type Command<Output> = Readonly<{ call: () => Call<Output> }>;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lives as long as its sandbox: its connections, what it may still spend on retries, and how wrong its clock is. */
export class Client {
  readonly config: { readonly requestHandler: RequestHandler };
  readonly #service: Service;
  readonly #settings: ClientSettings;
  readonly #bucket = tokenBucket();
  readonly #clock = clockOffset(Date.now);
  #place: Place | undefined;

  constructor(service: Service, settings: ClientSettings = {}) {
    this.#service = service;
    this.#settings = settings;
    this.config = { requestHandler: requestHandler(settings.requestHandler) };
  }

  /** Throws the service's `ServiceException`, what the request handler throws, or `EndpointError`. */
  async send<Output>(command: Command<Output>): Promise<Output & { $metadata: ReturnType<typeof metadataOf> }> {
    const { maxAttempts = this.#service.maxAttempts } = this.#settings;
    const call = command.call();
    const request = this.#requestOf(call);
    let totalRetryDelay = 0;
    let last: 'throttling' | 'transient' | undefined;
    for (let attempts = 1; ; attempts += 1) {
      try {
        const response = await this.#attempt(request);
        const output = call.read(response.body);
        this.#bucket.answered(last);
        return { ...output, $metadata: { ...metadataOf(response), attempts, totalRetryDelay } };
      } catch (error) {
        const kind = failureKindOf(error);
        if (kind === 'final' || attempts >= maxAttempts || !this.#bucket.take(kind))
          throw counted(error, { attempts, totalRetryDelay });
        const ms = pauseMs(kind, {
          baseMs: this.#service.retryBaseMs,
          retries: attempts - 1,
          chance: Math.random(),
          askedMs: retryAfterMs(headersOf(error), Date.now()),
        });
        last = kind;
        totalRetryDelay += ms;
        await pause(ms);
      }
    }
  }

  destroy(): void {
    this.config.requestHandler.destroy();
  }

  async #attempt(request: HttpRequest): Promise<HttpResponse> {
    const signed = await this.#here().sign(request, Date.now() + this.#clock.ms());
    const { response } = await this.config.requestHandler.handle(signed);
    const isCorrected = this.#clock.learn(response.headers);
    if (response.statusCode < 300) return response;
    const exception = exceptionIn(response, this.#service.exceptionOf);
    if (isCorrected) exception.$metadata.clockSkewCorrected = true;
    throw exception;
  }

  #requestOf({ method, path, headers, body, address }: Call<unknown>): HttpRequest {
    const { endpoint } = this.#here();
    const { protocol, hostname, port, host, pathname } =
      address === undefined ? endpoint : (this.#here().addressed(address) ?? endpoint);
    const trace = traceFromEnvironment();
    return {
      method,
      protocol,
      // Without the brackets in which a URL writes an IPv6 address.
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(port === '' ? {} : { port: Number(port) }),
      path: pathname.endsWith('/') ? `${pathname.slice(0, -1)}${path}` : `${pathname}${path}`,
      headers: {
        ...headers,
        host,
        ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
        ...(trace === undefined ? {} : { 'x-amzn-trace-id': trace }),
      },
      ...(body === undefined ? {} : { body }),
    };
  }

  #here(): Place {
    this.#place ??= placeOf(this.#service, this.#settings);
    return this.#place;
  }
}

/** Where a client's requests go, and who signs them. */
type Place = Readonly<{
  endpoint: URL;
  /** Where a command's own address leads; undefined where what was configured stands before it. */
  addressed: (address: string) => URL | undefined;
  sign: Signer;
}>;

/** Known at the first call: a client is made before anybody asks for its region. */
const placeOf = (service: Service, settings: ClientSettings): Place => {
  const region = settings.region ?? regionFromEnvironment();
  const { credentials = credentialsFromEnvironment } = settings;
  const fips = flagFromEnvironment('AWS_USE_FIPS_ENDPOINT');
  const dualStack = flagFromEnvironment('AWS_USE_DUALSTACK_ENDPOINT');
  const endpoint = settings.endpoint ?? endpointFromEnvironment(service.environmentName);
  const origins = new Map<string, URL | undefined>();
  return {
    endpoint: endpointOf(service, { region, fips, dualStack, endpoint }),
    addressed: (address) => {
      if (settings.endpoint !== undefined || fips || dualStack) return undefined;
      if (!origins.has(address))
        origins.set(address, URL.canParse(address) ? new URL(new URL(address).origin) : undefined);
      return origins.get(address);
    },
    sign: signer(service.signingName, region, typeof credentials === 'function' ? credentials : () => credentials),
  };
};

/** Of what was thrown, the parts that are known here; it may come from anywhere. */
type Thrown = { $response?: HttpResponse; $metadata?: object };

const isThrown = (error: unknown): error is Thrown => typeof error === 'object' && error !== null;

const headersOf = (error: unknown): HttpResponse['headers'] =>
  isThrown(error) && error.$response !== undefined ? error.$response.headers : {};

/** The error itself, with how often and how long it was tried. */
const counted = (error: unknown, counts: Readonly<{ attempts: number; totalRetryDelay: number }>): unknown =>
  isThrown(error) ? Object.assign(error, { $metadata: { ...error.$metadata, ...counts } }) : error;
