import * as client from '@maitred/client';
import * as storage from '@maitred/client/storage';
import { converse } from './conversation.js';

console.log(await converse(client, storage, { url: process.env.MAITRED_URL, token: process.env.MAITRED_TOKEN }));
