const client = require('@maitred/client');
const storage = require('@maitred/client/storage');
const { converse } = require('./conversation.js');

converse(client, storage, { url: process.env.MAITRED_URL, token: process.env.MAITRED_TOKEN }).then(console.log);
