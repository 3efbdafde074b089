/** In the Jest of a React Native application. */
import * as client from '@maitred/client';
import * as entry from '@maitred/client/react';
import * as storage from '@maitred/client/storage';
import * as React from 'react';
import * as renderer from 'react-test-renderer';
import { converse } from './conversation.js';
import { mountTwice } from './react-scenario.js';

const house = { url: process.env.MAITRED_URL, token: process.env.MAITRED_TOKEN, WebSocket: globalThis.WebSocket };

test('a kitchen hears what a till publishes', async () => {
  expect(await converse(client, storage, house)).toBe('u-cashier heard order 7');
}, 30_000);

test('a component does, under StrictMode', async () => {
  process.stdout.write(`said: ${await mountTwice({ React, renderer, entry, ...house })}\n`);
}, 60_000);
