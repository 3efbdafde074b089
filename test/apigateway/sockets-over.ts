/** The sockets with the client that they are for: the SDK's, or what stands in for it where this file is bundled so. */
export { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
export { sockets } from '../../lambdas/apigateway/sockets.ts';
