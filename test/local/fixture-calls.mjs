// How a fixture function calls the gateway: with the SDK's way of asking, but without the SDK.
import { createHmac, hash } from 'node:crypto';
import http from 'node:http';

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** Signature Version 4 of a request to a path without a query. */
const signed = (service, method, path, host, body, headers) => {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const all = { ...headers, host, 'x-amz-date': date, 'x-amz-security-token': process.env.AWS_SESSION_TOKEN };
  const names = Object.keys(all).sort();
  const scope = `${date.slice(0, 8)}/${process.env.AWS_REGION}/${service}/aws4_request`;
  const twice = path.split('/').map(encodeURIComponent).join('/');
  const canonical = [
    method,
    twice,
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    hash('sha256', body),
  ];
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash('sha256', canonical.join('\n'))].join('\n');
  const key = scope.split('/').reduce(hmac, `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${process.env.AWS_ACCESS_KEY_ID}/${scope}`;
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
};

const request = (service, url, method, body = '', headers = {}) =>
  new Promise((resolve, reject) => {
    const { hostname, host, port, pathname: path } = new URL(url);
    const options = { host: hostname, port, path, method, headers: signed(service, method, path, host, body, headers) };
    const sent = http.request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, errorType: response.headers['x-amzn-errortype'], text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

const aws = (service, endpoint, api) => async (action, input) => {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${api}.${action}` };
  const { status, text } = await request(service, endpoint, 'POST', JSON.stringify(input), headers);
  return { status, body: JSON.parse(text) };
};

export const call = {
  connections: (method, id, data) =>
    request('execute-api', `${process.env.CALLBACK_URL}/@connections/${encodeURIComponent(id)}`, method, data),
  dynamodb: aws('dynamodb', process.env.AWS_ENDPOINT_URL_DYNAMODB, 'DynamoDB_20120810'),
  sqs: aws('sqs', process.env.AWS_ENDPOINT_URL_SQS, 'AmazonSQS'),
  events: aws('events', process.env.AWS_ENDPOINT_URL_EVENTBRIDGE, 'AWSEvents'),
};
