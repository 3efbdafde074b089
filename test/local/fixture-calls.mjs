// How a fixture function calls the gateway: with the SDK's way of asking, but without the SDK.
import http from 'node:http';

const signature = `AWS4-HMAC-SHA256 Credential=${process.env.AWS_ACCESS_KEY_ID}/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=00`;

const request = (url, method, body, headers) =>
  new Promise((resolve, reject) => {
    const { hostname: host, port, pathname: path } = new URL(url);
    const options = { host, port, path, method, headers: { authorization: signature, ...headers } };
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

const aws = (endpoint, api) => async (action, input) => {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${api}.${action}` };
  const { status, text } = await request(endpoint, 'POST', JSON.stringify(input), headers);
  return { status, body: JSON.parse(text) };
};

export const call = {
  connections: (method, id, data) =>
    request(`${process.env.CALLBACK_URL}/@connections/${encodeURIComponent(id)}`, method, data, {}),
  dynamodb: aws(process.env.AWS_ENDPOINT_URL_DYNAMODB, 'DynamoDB_20120810'),
  sqs: aws(process.env.AWS_ENDPOINT_URL_SQS, 'AmazonSQS'),
  events: aws(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE, 'AWSEvents'),
};
