/**
 * A CloudFront function (viewer request, JavaScript runtime 2.0) for apps whose address has a path and a token in it:
 *
 *     /api/v1/websocket/ws/pos/r-17?token=…&user_id=u-1   ->   /dev?user_id=u-1&restaurant_id=r-17&connection_type=pos
 *
 * What decides is the first message, as ever; the query becomes hints. No token gets any further, and nothing is logged: CloudFront
 * would keep it. That runtime has no URL, no destructuring and no spread, so there are none here.
 */
const stagePath = '/dev';

const oldPath =
  /\/ws(?!\/(?:pos|kitchen|management|customer|platform)\/?$)(?:\/(pos|kitchen|management|customer|platform))?\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})\/?$/;
const jwt = /ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/;

/** A name or value as whoever decodes it reads it, however often that is. */
function decoded(text) {
  let now = text;
  for (let times = 0; times < 4; times++) {
    const before = now;
    try {
      now = decodeURIComponent(before.replace(/\+/g, ' '));
    } catch (_error) {
      return before;
    }
    if (now === before) return now;
  }
  return now;
}

/** A token by its name, in any spelling, or by its look under another name. */
function isToken(name, parameter) {
  if (decoded(name).trim().toLowerCase() === 'token') return true;
  const values = (parameter.multiValue || []).concat([parameter]);
  return values.some((one) => jwt.test(decoded(one.value)));
}

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const query = {};
  Object.keys(request.querystring).forEach((name) => {
    if (!isToken(name, request.querystring[name])) query[name] = request.querystring[name];
  });
  request.querystring = query;

  // An app that was changed already, at the same host.
  if (request.uri === stagePath || request.uri === `${stagePath}/`) {
    request.uri = stagePath;
    return request;
  }
  const said = oldPath.exec(request.uri);
  if (said === null) return { statusCode: 404, statusDescription: 'Not Found' };
  request.uri = stagePath;
  // The old gateway went by the path, whatever the query said.
  query.restaurant_id = { value: said[2] };
  if (said[1] !== undefined) query.connection_type = { value: said[1] };
  return request;
}
