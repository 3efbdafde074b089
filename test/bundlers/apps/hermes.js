/** For the engine alone: no React Native around it, so its socket is a fake and its console is `print`. */
import * as client from '@maitred/client';
import * as storage from '@maitred/client/storage';
import { converse } from './conversation.js';
import { FakeSocket } from './fake-socket.js';

converse(client, storage, { url: 'wss://gateway.example/prod', token: 't', WebSocket: FakeSocket }).then(
  (sentence) => print(`said: ${sentence}`),
  (error) => print(`failed: ${error.stack}`),
);
