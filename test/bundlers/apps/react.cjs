const { FakeSocket } = require('./fake-socket.js');
const { mountTwice } = require('./react-scenario.js');

const React = require('react');
const renderer = require('react-test-renderer');
const entry = require('@maitred/client/react');

const house = { url: 'wss://gateway.example/prod', token: 't', WebSocket: FakeSocket };
mountTwice({ React, renderer, entry, ...house }).then(console.log);
