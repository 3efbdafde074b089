import { randomUUID } from 'node:crypto';
import type { Callers } from './callers.ts';
import { type Answer, type Engine, type Input, refusal } from './engines/engine.ts';
import type { AwsCall } from './aws-call.ts';
import type { Faults } from './faults.ts';
import type { Recorder } from './meter.ts';
import { withSender } from './senders.ts';
import type { Exchange, WireRequest } from './wire.ts';

/** Decides whether a caller may make a call; `undefined` lets it pass. */
export type Policy = (call: AwsCall) => Answer | undefined;

type Parts = {
  readonly engines: Readonly<Record<AwsCall['service'], Engine>>;
  readonly callers: Pick<Callers, 'callerOf'>;
  readonly recorder: Recorder;
  readonly faults: Faults;
  readonly policy: Policy;
  /** By which SQS knows the messages of a function. */
  readonly senderIdOf: (functionName: string) => string | undefined;
};

/**
 * The one place where calls to DynamoDB, SQS and EventBridge come by: it knows who calls, asks the policy, injects faults and counts
 * what is used.
 */
export const createAwsEndpoint = (parts: Parts): Exchange => {
  return async (request) => {
    const { status, body } = await answerTo(parts, request);
    const version = serviceAndAction(request.headers[targetHeader])?.service === 'events' ? '1.1' : '1.0';
    const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': randomUUID() };
    return { status, headers, body: JSON.stringify(body) };
  };
};

const targetHeader = 'x-amz-target';

const answerTo = async (parts: Parts, request: WireRequest): Promise<Answer> => {
  const { engines, callers, recorder, faults, policy, senderIdOf } = parts;
  const target = request.headers[targetHeader];
  const named = serviceAndAction(target);
  const caller = callers.callerOf(request, named?.service);
  if (caller.kind === 'refused') return refusal(400, `com.amazon.coral.service#${caller.code}`, caller.message);
  const input = parsed(request.body);
  if (named === undefined || input === undefined)
    return refusal(400, 'com.amazon.coral.service#UnknownOperationException', `${target} is unknown`);
  const sender = caller.kind === 'function' ? senderIdOf(caller.functionName) : undefined;
  const call: AwsCall = {
    caller,
    ...named,
    input: named.service === 'sqs' ? withSender(named.action, input, sender) : input,
  };
  const denied = policy(call);
  if (denied !== undefined) return denied;
  if (caller.kind === 'operator') return engines[call.service].call(call.action, call.input);
  const fate = await faults.awsCall(call);
  if (fate === 'unavailable') return unavailable;
  if (fate === 'throttled') return throttled;
  const answer = await metered(engines, recorder, call);
  return fate === 'answer_lost' ? unavailable : answer;
};

/** DynamoDB says what a call used only when asked; the caller gets that part only if it asked itself. */
const metered = async (engines: Parts['engines'], recorder: Recorder, call: AwsCall): Promise<Answer> => {
  if (call.service === 'sqs') {
    const answer = await engines.sqs.call(call.action, call.input);
    recorder.calledSqs(call.action, answer);
    return answer;
  }
  if (call.service === 'events') {
    const answer = await engines.events.call(call.action, call.input);
    recorder.calledEvents(call.action, call.input, answer);
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
const throttled = refusal(400, 'com.amazonaws#ThrottlingException', 'injected by a fault');

const serviceAndAction = (target = ''): Pick<AwsCall, 'service' | 'action'> | undefined => {
  const [api, action] = target.split('.');
  if (action === undefined) return undefined;
  if (api === 'DynamoDB_20120810') return { service: 'dynamodb', action };
  if (api === 'AmazonSQS') return { service: 'sqs', action };
  if (api === 'AWSEvents') return { service: 'events', action };
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
