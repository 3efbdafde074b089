/** The two transports under the names of the SDK, for tests that hold one to the other. */
import {
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { ConditionalCheckFailedException, DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { EventBridgeClient, EventBridgeServiceException, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as thinSockets from '../../transport/client-apigatewaymanagementapi.ts';
import * as thinDynamodb from '../../transport/client-dynamodb.ts';
import * as thinBuses from '../../transport/client-eventbridge.ts';
import * as thinQueues from '../../transport/client-sqs.ts';
import * as thinDocuments from '../../transport/lib-dynamodb.ts';
import { forbidden } from '../forbidden.ts';

const sdk = {
  transport: 'sdk',
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  SQSServiceException,
  EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
};

export type Transport = typeof sdk;

/** By the SDK's types, as the functions' sources see it, too. */
const thin: Transport = forbidden({
  transport: 'thin',
  ...thinSockets,
  ...thinDynamodb,
  ...thinQueues,
  ...thinBuses,
  ...thinDocuments,
});

export const transports = [sdk, thin] as const;
export { sdk, thin };
