/** For the engine alone: no React Native around it, so its socket is a fake and its console is `print`. */
import * as client from '@maitred/client';
import * as storage from '@maitred/client/storage';
import { converse } from './conversation.js';
import { FakeSocket } from './fake-socket.js';

// The bare engine's insists on a number; those of React Native, browsers and Node do not.
const { clearTimeout } = globalThis;
globalThis.clearTimeout = (timer) => timer !== undefined && clearTimeout(timer);

converse(client, storage, { url: 'wss://gateway.example/prod', token: 't', WebSocket: FakeSocket }).then(
  (sentence) => print(`said: ${sentence}`),
  (error) => print(`failed: ${error.stack}`),
);
