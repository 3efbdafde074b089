import {
  type ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Sockets } from '../ports.ts';

/** The platform's management API. 410 is `gone`; every other failure is thrown. */
export const sockets = (client: ApiGatewayManagementApiClient): Sockets => ({
  post: async (connectionId, frame) =>
    (await orGone(client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }))))
      ? 'sent'
      : 'gone',
  disconnect: async (connectionId) =>
    (await orGone(client.send(new DeleteConnectionCommand({ ConnectionId: connectionId })))) ? 'closed' : 'gone',
});

const orGone = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    // By its status, too: the name is in a header that not every answer on the way carries.
    if (error instanceof GoneException || statusOf(error) === 410) return false;
    throw error;
  }
};

const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiGatewayManagementApiServiceException ? error.$metadata.httpStatusCode : undefined;
