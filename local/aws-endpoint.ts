import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Caller, Callers } from './callers.ts';
import { type Answer, type Engine, type Input, refusal } from './engines/engine.ts';
import type { Faults } from './faults.ts';
import type { Recorder } from './meter.ts';

/** One call to DynamoDB or SQS. */
export type AwsCall = {
  readonly caller: Caller;
  readonly service: 'dynamodb' | 'sqs';
  readonly action: string;
  readonly input: Input;
};

/** Decides whether a caller may make a call; `undefined` lets it pass. */
export type Policy = (call: AwsCall) => Answer | undefined;

type Parts = {
  readonly engines: Readonly<Record<AwsCall['service'], Engine>>;
  readonly callers: Callers;
  readonly recorder: Recorder;
  readonly faults: Faults;
  readonly policy: Policy;
};

/** A call as it comes over the wire. */
export type SignedRequest = {
  readonly authorization: string | undefined;
  /** The header `X-Amz-Target`. */
  readonly target: string | undefined;
  readonly body: string;
};

/**
 * The one place where calls to DynamoDB and SQS come by: it knows who calls, asks the policy, injects faults and counts
 * what is used. Never rejects.
 */
export const createAwsEndpoint =
  ({ engines, callers, recorder, faults, policy }: Parts) =>
  async ({ authorization, target, body }: SignedRequest): Promise<Answer> => {
    const caller = callers.callerOf(authorization);
    if (caller === undefined)
      return refusal(400, 'com.amazon.coral.service#MissingAuthenticationTokenException', 'the request is not signed');
    const named = serviceAndAction(target);
    const input = parsed(body);
    if (named === undefined || input === undefined)
      return refusal(400, 'com.amazon.coral.service#UnknownOperationException', `${target} is unknown`);
    const call: AwsCall = { caller, ...named, input };
    const denied = policy(call);
    if (denied !== undefined) return denied;
    if (caller.kind === 'operator') return engines[call.service].call(call.action, input);
    const fate = await faults.awsCall(call);
    if (fate === 'unavailable') return unavailable;
    const answer = await metered(engines, recorder, call);
    return fate === 'answer_lost' ? unavailable : answer;
  };

/** Listens for the endpoint's calls over HTTP. The caller of this function decides where the server listens. */
export const serveAwsEndpoint = (endpoint: (request: SignedRequest) => Promise<Answer>): Server => {
  const server = createServer((request, response) => void serve(endpoint, request, response));
  // An SDK that reuses a connection which the server is closing gets ECONNRESET; so it is the functions that close.
  server.keepAliveTimeout = 0;
  return server;
};

const serve = async (
  endpoint: (request: SignedRequest) => Promise<Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { authorization, 'x-amz-target': target } = request.headers;
  const answer = await endpoint({ authorization, target: String(target), body: await textOf(request) });
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': crypto.randomUUID(),
  });
  response.end(body);
};

/** DynamoDB says what a call used only when asked; the caller gets that part only if it asked itself. */
const metered = async (engines: Parts['engines'], recorder: Recorder, call: AwsCall): Promise<Answer> => {
  if (call.service === 'sqs') {
    const answer = await engines.sqs.call(call.action, call.input);
    recorder.calledSqs(call.action, answer);
    return answer;
  }
  const asked = call.input['ReturnConsumedCapacity'] ?? 'NONE';
  const input = asked === 'NONE' ? { ...call.input, ReturnConsumedCapacity: 'TOTAL' } : call.input;
  const answer = await engines.dynamodb.call(call.action, input);
  recorder.calledDynamodb(call.action, answer);
  if (asked !== 'NONE') return answer;
  const { ConsumedCapacity: _, ...body } = answer.body;
  return { status: answer.status, body };
};

const unavailable = refusal(500, 'com.amazonaws#InternalServerError', 'injected by a fault');

const serviceAndAction = (target = ''): Pick<AwsCall, 'service' | 'action'> | undefined => {
  const [api, action] = target.split('.');
  if (action === undefined) return undefined;
  if (api === 'DynamoDB_20120810') return { service: 'dynamodb', action };
  if (api === 'AmazonSQS') return { service: 'sqs', action };
  return undefined;
};

const parsed = (body: string): Input | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
