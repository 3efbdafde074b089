const WebSocket = require('ws');
const client = require('@maitred/client');
const storage = require('@maitred/client/storage');
const { converse } = require('./conversation.js');

const house = { url: process.env.MAITRED_URL, token: process.env.MAITRED_TOKEN, WebSocket };
converse(client, storage, house).then(console.log);
