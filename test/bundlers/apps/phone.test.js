/** In the Jest of a React Native application. */
// First: a renderer looks for it when it is loaded.
import './refresh.js';
import * as client from '@maitred/client';
import * as entry from '@maitred/client/react';
import * as storage from '@maitred/client/storage';
import * as React from 'react';
import * as renderer from 'react-test-renderer';
import { converse } from './conversation.js';
import { mountTwice } from './react-scenario.js';
import { saveFile } from './refresh.js';

const house = { url: process.env.MAITRED_URL, token: process.env.MAITRED_TOKEN, WebSocket: globalThis.WebSocket };

test('a kitchen hears what a till publishes', async () => {
  expect(await converse(client, storage, house)).toBe('u-cashier heard order 7');
}, 30_000);

test('a component does, under StrictMode and edited meanwhile', async () => {
  process.stdout.write(`said: ${await mountTwice({ React, renderer, entry, saveFile, ...house })}\n`);
}, 60_000);
