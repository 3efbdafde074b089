/** What a service refuses, as the SDK tells it: an error by its name, with the answer's numbers in `$metadata`. */
import type { HttpResponse } from './http.ts';

export type Metadata = {
  httpStatusCode?: number;
  requestId?: string;
  extendedRequestId?: string;
  cfId?: string;
  attempts?: number;
  totalRetryDelay?: number;
  clockSkewCorrected?: boolean;
};

export type ExceptionOptions = Readonly<{
  name: string;
  message: string;
  $fault: 'client' | 'server';
  $metadata: Metadata;
}>;

/** A service did not do what it was asked, and said so. */
export class ServiceException extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: Metadata;
  readonly $response?: HttpResponse;

  constructor({ name, message, $fault, $metadata }: ExceptionOptions) {
    super(message);
    this.name = name;
    this.$fault = $fault;
    this.$metadata = $metadata;
  }
}

/** Makes the error of a service by its name. */
export type ExceptionOf = (options: ExceptionOptions, said: Readonly<Record<string, unknown>>) => ServiceException;

export const metadataOf = ({ statusCode, headers }: HttpResponse): Metadata => ({
  httpStatusCode: statusCode,
  ...known('requestId', headers['x-amzn-requestid'] ?? headers['x-amzn-request-id'] ?? headers['x-amz-request-id']),
  ...known('extendedRequestId', headers['x-amz-id-2']),
  ...known('cfId', headers['x-amz-cf-id']),
});

const known = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });

/** The error that an answer is. What no service wrote, such as the page of a proxy, has no name but its status. */
export const exceptionIn = (response: HttpResponse, exceptionOf: ExceptionOf): ServiceException => {
  const said = objectIn(response.body);
  const exception = exceptionOf(
    {
      name: nameOf(response, said),
      message: String(said['message'] ?? said['Message'] ?? 'UnknownError'),
      $fault: response.statusCode < 500 ? 'client' : 'server',
      $metadata: metadataOf(response),
    },
    said,
  );
  // Hidden: whoever logs an error does not log what the service wrote.
  Object.defineProperty(exception, '$response', { value: response, enumerable: false });
  return exception;
};

const objectIn = (body: Buffer): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`, or `ForbiddenException:http://…` in a header: the word between. */
const nameOf = ({ headers }: HttpResponse, said: Readonly<Record<string, unknown>>): string => {
  const written = said['__type'] ?? said['code'] ?? said['Code'] ?? headers['x-amzn-errortype'];
  const word = typeof written === 'string' || typeof written === 'number' ? String(written) : '';
  return word.replace(/[,:].*$/s, '').replace(/^.*#/s, '') || 'Unknown';
};
