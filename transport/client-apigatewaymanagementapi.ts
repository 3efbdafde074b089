/** Stands in for `@aws-sdk/client-apigatewaymanagementapi` in the functions' thin bundles (an alias in `lib/`). */
import { type Call, Client, type ClientSettings, type Service } from './client.ts';
import { ServiceException } from './exceptions.ts';

export class ApiGatewayManagementApiServiceException extends ServiceException {}

/** The connection is no more. */
export class GoneException extends ApiGatewayManagementApiServiceException {}

const managementApi: Service = {
  hostPrefix: 'execute-api',
  govIsFips: false,
  govDualStackIsFips: false,
  signingName: 'execute-api',
  environmentName: 'APIGATEWAYMANAGEMENTAPI',
  maxAttempts: 3,
  retryBaseMs: 50,
  exceptionOf: (options) =>
    options.name === 'GoneException'
      ? new GoneException(options)
      : new ApiGatewayManagementApiServiceException(options),
};

export class ApiGatewayManagementApiClient extends Client {
  constructor(settings?: ClientSettings) {
    super(managementApi, settings);
  }
}

/** As a path takes an id: `encodeURIComponent` leaves five characters that a signature does not. */
const connectionPath = (connectionId: string | undefined): string => {
  if (!connectionId) throw new Error('a connection has an id');
  const escaped = encodeURIComponent(connectionId).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `/@connections/${escaped}`;
};

type ToConnection = Readonly<{ ConnectionId: string | undefined }>;

export class PostToConnectionCommand {
  readonly input: ToConnection & Readonly<{ Data: string | Uint8Array | undefined }>;

  constructor(input: PostToConnectionCommand['input']) {
    this.input = input;
  }

  call(): Call<object> {
    return {
      method: 'POST',
      path: connectionPath(this.input.ConnectionId),
      headers: { 'content-type': 'application/octet-stream' },
      body: bytesOf(this.input.Data),
      read: () => ({}),
    };
  }
}

const bytesOf = (data: string | Uint8Array = ''): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : data);

export class DeleteConnectionCommand {
  readonly input: ToConnection;

  constructor(input: ToConnection) {
    this.input = input;
  }

  call(): Call<object> {
    return { method: 'DELETE', path: connectionPath(this.input.ConnectionId), headers: {}, read: () => ({}) };
  }
}
