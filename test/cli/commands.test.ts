import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Ending, exitCodes } from '../../bin/exit-codes.ts';
import { connect } from '../../bin/smoke/client.ts';
import { letterOf } from '../../lambdas/outbox/letter.ts';
import { setAsideTo } from '../../lambdas/sqs/outbox-dead-letters.ts';
import { moment } from '../conversation/until.ts';
import { eventRecord, numbered } from '../outbox/records.ts';
import { type Checkout, createCheckout } from './checkout.ts';
import { mistakes } from './mistakes.ts';
import type { Answered } from './resident.ts';

const checkout = createCheckout();
const unstarted = createCheckout();
const gateway = await checkout.startGateway();
const { stdout: token } = await checkout.run('token', 'chef');

/** Both take as long as a silent socket. */
const smoke = checkout.start('smoke', '--url', gateway.url, '--token', token.trim(), '--type', 'kitchen').ended;
const smokeOfStranger = checkout.start('smoke', '--url', gateway.url, '--token', 'open-sesame').ended;

const withoutGateway = [
  'token chef',
  'members list --restaurant r-17',
  'audit --unverified',
  'sessions list --restaurant r-17',
  'addresses list',
  'publish --restaurant r-17 --type a.b --data {}',
  'deadletters list',
  'outbox list',
  'restaurants list',
];
const commands = [
  'start',
  'token',
  'members',
  'audit',
  'sessions',
  'addresses',
  'publish',
  'deadletters',
  'outbox',
  'restaurants',
  'smoke',
  'issuer',
  'outputs',
  'trace',
  'types',
  'asyncapi',
  'console',
  'cost',
  'storm',
];

const runLine = (where: Checkout, line: string): Promise<Answered> => {
  const [command = '', ...args] = line.split(' ');
  return where.run(command, ...args);
};

afterAll(async () => {
  await checkout.remove();
  await unstarted.remove();
});

/** Says one message and returns the answer. */
const ask = async (message: object): Promise<Record<string, unknown>> => {
  const client = await connect(gateway.url);
  client.send(message);
  const answer = JSON.parse(await client.next());
  await (answer.type === 'auth_success' ? client.leave() : client.closed());
  return answer;
};
const hello = (credentials: object) => ({ type: 'authenticate', restaurant_id: 'r-17', ...credentials });
const tokenOf = async (user: string): Promise<string> => (await checkout.run('token', user)).stdout.trim();

/** One sentence on stderr, nothing else, and the exit code of its ending. */
const refuses = (sentence: string, ending: Ending = 'usage') => ({
  code: exitCodes[ending],
  stdout: '',
  stderr: `${sentence}\n`,
});

/** What a command printed with `--json`. */
const objectsIn = (text: string): readonly unknown[] =>
  text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));

describe('addresses', () => {
  test('lists none where none is blocked', async () => {
    const { code, stdout } = await checkout.run('addresses', 'list');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No address is blocked.\n' });
  });

  test.each([
    { line: 'addresses unblock --address 127.0.0.1', says: '127.0.0.1 is not blocked.' },
    { line: 'addresses unblock --address 2001:db8:1:2:3::9', says: '2001:db8:1:2::/64 is not blocked.' },
    { line: 'addresses unblock --address 2001:db8:1:2::/64', says: '2001:db8:1:2::/64 is not blocked.' },
  ])('answers $line', async ({ line, says }) => {
    expect(await runLine(checkout, line)).toEqual(refuses(says, 'not_found'));
  });
});

describe('token', () => {
  test.each(['owner', 'manager', 'chef', 'cashier', 'stranger', 'rival'])('prints a token for %s', async (user) => {
    const { code, stdout, stderr } = await checkout.run('token', user);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });

  test('prints one that lets a member in', async () => {
    expect(await ask(hello({ token: await tokenOf('chef') }))).toMatchObject({
      type: 'auth_success',
      user_id: 'u-chef',
    });
  });

  test.each([
    { args: ['cashier'], restaurant_id: 'r-17', connection_type: 'pos', user_id: 'u-cashier' },
    { args: ['chef', '--type', 'kitchen'], restaurant_id: 'r-17', connection_type: 'kitchen', user_id: 'u-chef' },
    { args: ['rival'], restaurant_id: 'r-99', connection_type: 'pos', user_id: 'u-rival' },
  ])('prints with --line the whole first message of $args', async ({ args, ...said }) => {
    const { code, stdout, stderr } = await checkout.run('token', ...args, '--line');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    expect(await ask(JSON.parse(stdout))).toMatchObject({ type: 'auth_success', ...said });
  });

  test('prints one for a restaurant that was named, which may be the wrong one', async () => {
    const { stdout } = await checkout.run('token', 'chef', '--line', '--restaurant', 'r-99');
    expect(JSON.parse(stdout)).toMatchObject({ restaurant_id: 'r-99' });
    expect(await ask(JSON.parse(stdout))).toMatchObject({ reason: 'access_denied' });
  });

  test('prints one that makes its user a member where it says, and the lists tell by what they are in', async () => {
    const { stdout } = await checkout.run('token', 'stranger', '--member', 'r-42=manager', '--line');
    const client = await connect(gateway.url);
    client.send(JSON.parse(stdout));
    expect(JSON.parse(await client.next())).toMatchObject({ restaurant_id: 'r-42', role: 'manager' });
    const listed = await checkout.run('sessions', 'list', '--restaurant', 'r-42');
    expect(listed.stdout).toMatch(/u-stranger \(demo\) +manager +pos +token /);
    await client.leave();
    expect(await checkout.run('members', 'list', '--restaurant', 'r-42')).toEqual({
      code: 0,
      stdout: 'r-42 has no members.\n',
      stderr: 'Tokens of demo may let others in there: "npm run sessions -- list" has who is connected, and by what.\n',
    });
  });

  test('tells in its help who the demo users are', async () => {
    const { stdout } = await checkout.start('token', '--help').ended;
    for (const user of ['owner', 'manager', 'chef', 'cashier', 'stranger', 'rival']) expect(stdout).toContain(user);
  });
});

describe('members', () => {
  const members = (...args: readonly string[]) => checkout.run('members', ...args, '--restaurant', 'r-17');
  const listed = async (): Promise<readonly string[]> => (await members('list')).stdout.trim().split('\n');

  test('adds, lists, revokes and removes, and the door knows at once', async () => {
    const credentials = { token: await tokenOf('stranger') };
    expect(await ask(hello(credentials))).toMatchObject({ reason: 'access_denied' });

    expect((await members('add', '--user', 'u-stranger', '--role', 'employee', '--types', 'pos,kitchen')).stdout).toBe(
      'u-stranger (demo) is employee at r-17.\n',
    );
    expect(await ask(hello(credentials))).toMatchObject({ type: 'auth_success', role: 'employee' });
    expect(await ask(hello({ ...credentials, connection_type: 'customer' }))).toMatchObject({
      reason: 'access_denied',
    });
    expect(await listed()).toContainEqual(expect.stringMatching(/^u-stranger +demo +employee +pos,kitchen/));

    expect((await members('revoke', '--user', 'u-stranger')).stdout).toMatch(
      /^Tokens of u-stranger \(demo\) issued before .+Z are refused at r-17\.\n.*okens of demo .+\n$/,
    );
    expect(await ask(hello(credentials))).toMatchObject({ reason: 'access_denied' });
    // A token says when it was issued in whole seconds.
    await moment(Math.ceil(Date.now() / 1_000) * 1_000);
    expect(await ask(hello({ token: await tokenOf('stranger') }))).toMatchObject({ type: 'auth_success' });

    expect((await members('remove', '--user', 'u-stranger')).stdout).toBe(
      'u-stranger (demo) is no longer a member of r-17.\n',
    );
    expect(await ask(hello({ token: await tokenOf('stranger') }))).toMatchObject({ reason: 'access_denied' });
    expect(await listed()).not.toContainEqual(expect.stringContaining('u-stranger'));
  });

  test('suspends until resume, whoever is added meanwhile, and the door knows at once', async () => {
    const enters = async () => (await ask(hello({ token: await tokenOf('stranger') })))['type'];
    const of = ['--user', 'u-stranger'] as const;
    const says = async (...args: readonly string[]) => (await members(...args)).stdout;
    expect(await says('suspend', ...of)).toMatch(/^u-stranger \(demo\) is suspended at r-17: no token lets them in/);
    expect(await listed()).toContainEqual(expect.stringMatching(/^u-stranger +demo +no member +suspended since .+Z$/));
    expect(await says('add', ...of, '--role', 'employee')).toBe(
      'u-stranger (demo) is employee at r-17, and stays suspended at r-17 until "npm run members -- resume".\n',
    );
    expect(await enters()).toBe('auth_error');
    expect(await members('suspend', ...of)).toMatchObject(
      refuses('u-stranger (demo) is suspended at r-17 already.', 'refused'),
    );
    expect(await listed()).toContainEqual(expect.stringMatching(/^u-stranger +demo +employee .* suspended since .+Z$/));
    expect(await says('resume', ...of)).toBe('u-stranger (demo) is no longer suspended at r-17.\n');
    expect(await enters()).toBe('auth_success');
    await says('suspend', ...of);
    expect(await says('remove', ...of)).toBe(
      'u-stranger (demo) is no longer a member of r-17, and stays suspended at r-17 until "npm run members -- resume".\n',
    );
    expect(await says('resume', ...of)).toBe(
      'u-stranger (demo) is no longer suspended at r-17, and no member there: "add" makes one.\n',
    );
    expect(await listed()).not.toContainEqual(expect.stringContaining('u-stranger'));
  });

  test('imports a file, names its bad lines and whom it left alone, and may be run again', async () => {
    const path = join(checkout.dir, 'staff.csv');
    const file = [
      'restaurant_id,user_id,role,connection_types',
      'r-import,u-chef,employee,"pos,kitchen"',
      'r-import,u-king,king,',
      'r-import,u-out,employee,',
      '',
      'r-import,u-chef,manager,',
    ];
    writeFileSync(path, file.join('\r\n'));
    await checkout.run('members', 'suspend', '--restaurant', 'r-import', '--user', 'u-out');
    const ofImport = async () => (await checkout.run('members', 'export', '--restaurant', 'r-import')).stdout;
    const before = await ofImport();
    expect(await checkout.run('members', 'import', path, '--dry-run')).toMatchObject({
      stdout:
        '4 rows: 1 created, 0 changed, 0 unchanged, 1 left alone, 2 bad. Nothing was written: this was a dry run.\n',
    });
    expect(await ofImport()).toBe(before);
    expect(await checkout.run('members', 'import', path)).toEqual({
      code: exitCodes.partly,
      stdout: '4 rows: 1 created, 0 changed, 0 unchanged, 1 left alone, 2 bad.\n',
      stderr: [
        'line 3: role is one of platform_owner, restaurant_owner, manager, employee, customer_display, got "king"',
        'line 6: it is about the member of line 2, which counts',
        'line 4: left alone: u-out (demo) at r-import is suspended: "npm run members -- resume" first',
        '',
      ].join('\n'),
    });
    const { code, stdout, stderr } = await checkout.run('members', 'import', path, '--json');
    const left = {
      outcome: 'left_alone',
      why: 'suspended',
      restaurant_id: 'r-import',
      issuer: 'demo',
      user_id: 'u-out',
    };
    const counts = { rows: 4, created: 0, changed: 0, unchanged: 1, left_alone: 1, bad: 2 };
    expect({ code, stderr }).toEqual({ code: exitCodes.partly, stderr: '' });
    expect(objectsIn(stdout)).toEqual([
      { line: 3, outcome: 'bad', why: expect.stringContaining('got "king"') },
      { line: 6, outcome: 'bad', why: expect.stringContaining('line 2') },
      { line: 4, ...left },
      { outcome: 'summary', ...counts, dry_run: false },
    ]);
  });

  test('exports what it imports, and an import of all that is exported changes nothing', async () => {
    const { stdout, code } = await checkout.run('members', 'export');
    expect(code).toBe(0);
    expect(objectsIn(stdout)).toContainEqual({
      restaurant_id: 'r-17',
      issuer: 'demo',
      user_id: 'u-owner',
      role: 'restaurant_owner',
      connection_types: null,
    });
    for (const format of ['ndjson', 'csv']) {
      const path = join(checkout.dir, `all.${format}`);
      writeFileSync(path, (await checkout.run('members', 'export', '--format', format)).stdout);
      expect((await checkout.run('members', 'import', path)).stdout).toMatch(
        /^(\d+) rows: 0 created, 0 changed, \1 unchanged, 0 left alone, 0 bad\.\n$/,
      );
    }
  });

  test('reads no file whose header is wrong', async () => {
    const path = join(checkout.dir, 'guests.csv');
    writeFileSync(path, 'restaurant_id,name\nr-17,Ann\n');
    expect(await checkout.run('members', 'import', path)).toEqual(
      refuses(
        `${path}: line 1 is no header: "name" is no column; a header is restaurant_id,issuer,user_id,role,connection_types,revoked_before_ms,suspended_at_ms or some of them`,
      ),
    );
  });

  test('says with --json what it did and what went wrong, one object a line', async () => {
    const of = { restaurant_id: 'r-json', issuer: 'demo', user_id: 'u-1' };
    const says = async (action: string, ...args: readonly string[]) => {
      const { stdout, stderr } = await checkout.run('members', action, '--restaurant', 'r-json', ...args, '--json');
      return [...objectsIn(stdout), ...objectsIn(stderr)];
    };
    const user = ['--user', 'u-1'] as const;
    const row = { ...of, role: 'employee', connection_types: ['pos'] };
    expect(await says('list')).toEqual([]);
    expect(await says('add', ...user, '--role', 'employee', '--types', 'pos')).toEqual([{ outcome: 'added', ...row }]);
    expect(await says('list')).toEqual([row]);
    const revoked_before_ms = expect.any(Number);
    expect(await says('revoke', ...user)).toEqual([
      { outcome: 'revoked', ...of, revoked_before_ms, note: expect.any(String) },
    ]);
    const suspended_at_ms = expect.any(Number);
    expect(await says('suspend', ...user)).toEqual([{ outcome: 'suspended', ...of, suspended_at_ms }]);
    expect(await says('suspend', ...user)).toEqual([
      { error: 'refused', message: 'u-1 (demo) is suspended at r-json already.' },
    ]);
    expect(await says('list')).toEqual([{ ...row, revoked_before_ms, suspended_at_ms }]);
    expect(await says('remove', ...user)).toEqual([{ outcome: 'removed_and_suspended', ...of }]);
    expect(await says('resume', ...user)).toEqual([{ outcome: 'resumed_without_membership', ...of }]);
    expect(await says('remove', ...user)).toEqual([
      { error: 'not_found', message: 'u-1 (demo) is not a member of r-json.' },
    ]);
    expect(await says('remove')).toEqual([{ error: 'usage', message: '--user is missing; see --help' }]);
  });

  test('names first, in its help, what keeps a dismissed employee out', async () => {
    const { stdout } = await checkout.start('members', '--help').ended;
    expect(stdout.indexOf('suspend')).toBeLessThan(stdout.indexOf('revoke'));
    expect(stdout).toContain('suspend      for whoever was dismissed');
  });

  test('lists the members of the demo', async () => {
    expect((await listed()).map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ['u-cashier', 'demo', 'employee'],
      ['u-chef', 'demo', 'employee'],
      ['u-manager', 'demo', 'manager'],
      ['u-owner', 'demo', 'restaurant_owner'],
    ]);
  });
});

describe('audit', () => {
  test('shows who came and who did not', async () => {
    await ask(hello({ token: await tokenOf('manager') }));
    await ask(hello({ token: 'open sesame', user_id: 'u-1' }));
    const atRestaurant = await checkout.run('audit', '--restaurant', 'r-17');
    expect(atRestaurant).toMatchObject({ code: 0, stderr: '' });
    expect(atRestaurant.stdout).toMatch(/INFO +access_granted +verified +u-manager \(demo\) +pos/);
    const unverified = await checkout.run('audit', '--unverified', '--since', '5m');
    expect(unverified.stdout).toMatch(/ERROR +token_invalid +token_malformed +- +- .*claimed_user_id="u-1"/);
    expect(unverified.stdout).not.toContain('sesame');
  });

  test('quotes what somebody claimed, and lets none of it end early or speak to the terminal', async () => {
    await ask(hello({ token: 'open sesame', restaurant_id: 'r 17"\u001b[2J\u009b1m' }));
    const { stdout } = await checkout.run('audit', '--unverified', '--since', '5m');
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    expect(stdout).toContain(String.raw`claimed_restaurant_id="r 17\u0022\u001b[2J\u009b1m"`);
  });

  test('prints one JSON object a line', async () => {
    const { stdout } = await checkout.run('audit', '--unverified', '--format', 'json');
    for (const line of stdout.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ event: expect.any(String), severity: expect.any(String) });
  });

  test('prints what a security data lake takes', async () => {
    const { stdout } = await checkout.run('audit', '--unverified', '--format', 'ocsf');
    for (const line of stdout.trim().split('\n')) {
      const { class_uid, activity_id, type_uid } = JSON.parse(line);
      expect(type_uid).toBe(class_uid * 100 + activity_id);
    }
  });

  test('says when there is nothing', async () => {
    expect((await checkout.run('audit', '--restaurant', 'r-0')).stdout).toBe('Nothing in the last 1h.\n');
  });
});

describe('sessions and events', () => {
  const enter = async (user: string) => {
    const client = await connect(gateway.url);
    client.send(hello({ token: await tokenOf(user) }));
    expect(JSON.parse(await client.next())).toMatchObject({ type: 'auth_success', user_id: `u-${user}` });
    return client;
  };

  test('deadletters shows what was put aside, sends back what can be delivered by now, and drops the rest', async () => {
    const { sqsEndpoint, operator, eventQueueUrl: QueueUrl } = gateway.file;
    const sqs = new SQSClient({ region: operator.region, credentials: operator, endpoint: sqsEndpoint });
    const said = async (MessageGroupId: string, MessageBody: string) => {
      const MessageDeduplicationId = randomUUID();
      return (await sqs.send(new SendMessageCommand({ QueueUrl, MessageGroupId, MessageDeduplicationId, MessageBody })))
        .MessageId;
    };
    const deadletters = (...args: readonly string[]) => checkout.run('deadletters', ...args);
    const first = await said('r-later', '{"v":1,"type":"menu.updated","data":{"ref":1}}');
    await said('r-later', '{"v":1,"type":"menu.updated","id":"menu-2","data":{"ref":2}}');
    await said('r-17', 'soup');
    let listed = await deadletters('list');
    while (!/r-later[\s\S]*r-17/.test(listed.stdout)) listed = await deadletters('list');
    expect(listed.code).toBe(0);
    // The queue hands out the messages of a restaurant in their order, ten at a time or fewer.
    expect(listed.stdout).toMatch(/r-later +restaurant_unknown +\S+ +\S+\n/);
    expect(listed.stdout).toMatch(/r-17 +not_json +\S+ +\S+\n/);
    const unmoved = await deadletters('redrive', '--restaurant', 'r-later');
    expect(unmoved.stdout).toMatch(/stays: restaurant_unknown\n/);
    expect(unmoved.code).toBe(exitCodes.refused);
    await checkout.run('members', 'add', '--restaurant', 'r-later', '--user', 'u-owner', '--role', 'manager');
    const client = await connect(gateway.url);
    client.send({ ...hello({ token: await tokenOf('owner') }), restaurant_id: 'r-later' });
    expect(JSON.parse(await client.next())).toMatchObject({ type: 'auth_success' });
    const back = await deadletters('redrive', '--all');
    expect(back.stdout.match(/sent back\n/g)).toHaveLength(2);
    expect(back.code).toBe(exitCodes.partly);
    expect(back.stdout).toMatch(/r-17 +not_json .* stays: not_json\n/);
    expect(JSON.parse(await client.next())).toMatchObject({ id: `evt_${first}`, seq: 1, data: { ref: 1 } });
    expect(JSON.parse(await client.next())).toMatchObject({ id: 'menu-2', seq: 2, data: { ref: 2 } });
    await client.leave();

    expect(await deadletters('drop', '--restaurant', 'r-17', '--reason', 'data_invalid')).toEqual(
      refuses('Nothing was put aside.', 'not_found'),
    );
    expect((await deadletters('drop', '--restaurant', 'r-17')).stdout).toMatch(/^\S+ +r-17 +not_json .* deleted\n$/);
    expect((await deadletters('list')).stdout).toBe('Nothing was put aside.\n');
    sqs.destroy();
  });

  test('outbox shows what was set aside, hands over what the target takes by now, and drops the rest', async () => {
    const { sqsEndpoint, operator, outboxDeadLettersUrl: QueueUrl } = gateway.file;
    const sqs = new SQSClient({ region: operator.region, credentials: operator, endpoint: sqsEndpoint });
    const setAside = setAsideTo(sqs, QueueUrl ?? '');
    await setAside(
      letterOf(eventRecord('r-17', numbered(1), { epoch: 'e', sequenceNumber: '1' }), 'r-17'),
      'too_large',
    );
    await setAside({ messageId: 'id-2', body: '{}', restaurantId: 'r-17', publisher: undefined }, 'no_image');
    const ofOutbox = (...args: readonly string[]) => checkout.run('outbox', ...args);
    const listed = await ofOutbox('list');
    expect(listed.stdout).toMatch(/r-17 +too_large +u-1 +id-1\n.*r-17 +no_image +\? +id-2\n/);
    const back = await ofOutbox('redrive', '--all');
    expect(back.stdout).toMatch(/id-1 {2}sent back\n.*id-2 {2}stays: not_a_record\n/);
    expect(back.code).toBe(exitCodes.partly);
    expect((await ofOutbox('drop', '--restaurant', 'r-17')).stdout).toMatch(/id-2 {2}deleted\n$/);
    expect((await ofOutbox('list')).stdout).toBe('Nothing was put aside.\n');
    sqs.destroy();
  });

  test('publish reaches who is connected, and sessions lists and ends them', async () => {
    const [owner, cashier] = [await enter('owner'), await enter('cashier')];
    const publish = ['--restaurant', 'r-17', '--type', 'menu.updated', '--data', '{"dish":"soup"}', '--id', 'menu-1'];
    expect((await checkout.run('publish', ...publish)).stdout).toBe('menu-1 is queued for r-17.\n');
    for (const client of [owner, cashier])
      expect(JSON.parse(await client.next())).toMatchObject({
        type: 'menu.updated',
        id: 'menu-1',
        data: { dish: 'soup' },
      });

    const sessions = (...args: readonly string[]) => checkout.run('sessions', ...args, '--restaurant', 'r-17');
    const listed = await sessions('list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const session = { restaurant_id: 'r-17', issuer: 'demo', user_id: 'u-owner', role: 'restaurant_owner' };
    const asObjects = objectsIn((await sessions('list', '--user', 'u-owner', '--json')).stdout);
    expect(asObjects).toMatchObject([
      { ...session, connection_id: expect.any(String), source_ip: '127.0.0.1', membership_source: 'table' },
    ]);
    expect(listed.stdout).toMatch(/u-cashier \(demo\) +employee +pos +table +127\.0\.0\.1 +since .+Z/);
    const chef = await enter('chef');
    const away = await sessions('close', '--user', 'u-chef', '--going-away');
    expect(away.stdout).toMatch(/^\S+ +u-chef .* closed\n$/);
    expect(JSON.parse(await chef.next())).toMatchObject({ type: 'closing', reason: 'going_away', reconnect: true });
    expect(await chef.closed()).toBe(1000);
    expect(await sessions('list', '--going-away')).toEqual(refuses('--going-away is for close; see --help'));
    const closed = await sessions('close', '--user', 'u-cashier');
    expect(closed).toMatchObject({ code: 0, stderr: '' });
    expect(closed.stdout).toMatch(/^\S+ +u-cashier .* closed\n$/);
    expect(JSON.parse(await cashier.next())).toMatchObject({ type: 'closing', reason: 'revoked', reconnect: false });
    expect(await cashier.closed()).toBe(1000);
    expect((await sessions('list', '--user', 'u-cashier')).stdout).toBe('No session of u-cashier at r-17.\n');
    expect((await sessions('list', '--user', 'u-owner')).stdout).toContain('u-owner');
    expect(await sessions('list', '--user', 'u-cashier', '--json')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await sessions('close', '--user', 'u-cashier', '--json')).toEqual(
      refuses('{"error":"not_found","message":"No session of u-cashier at r-17."}', 'not_found'),
    );
    expect((await checkout.run('audit', '--restaurant', 'r-17')).stdout).toMatch(
      /WARNING +session_revoked +membership_revoked +u-cashier/,
    );
    await owner.leave();
  });

  test('restaurants begins a new epoch and, told yes, deletes one restaurant whole', async () => {
    const at = ['--restaurant', 'r-closing'];
    const restaurants = (...args: readonly string[]) => checkout.run('restaurants', ...args);
    await checkout.run('members', 'add', ...at, '--user', 'u-owner', '--role', 'manager');
    await checkout.run('members', 'suspend', ...at, '--user', 'u-chef');
    const client = await connect(gateway.url);
    client.send({ ...hello({ token: await tokenOf('owner') }), restaurant_id: 'r-closing' });
    expect(JSON.parse(await client.next())).toMatchObject({ type: 'auth_success', epoch: null });
    const published = async (id: string) => {
      await checkout.run('publish', ...at, '--type', 'menu.updated', '--data', '{}', '--id', id);
      return JSON.parse(await client.next());
    };
    const first = await published('menu-a');
    expect(await restaurants('new-epoch', ...at)).toEqual({
      code: 0,
      stdout: 'r-closing has a new epoch.\n',
      stderr: '',
    });
    const second = await published('menu-b');
    expect([first.seq, second.seq, second.epoch === first.epoch]).toEqual([1, 2, false]);
    expect((await restaurants('list')).stdout.split('\n')).toContain('r-closing');

    // Two events, their marks, the head, and that it is known.
    const has =
      'r-closing has 2 memberships and 6 items of events. With --yes they are deleted, and its sessions end.\n';
    expect(await restaurants('delete', ...at)).toEqual({ code: 0, stdout: has, stderr: '' });
    const deleted = 'r-closing is deleted: 2 memberships, 1 session, 6 items of events.\n';
    expect(await restaurants('delete', ...at, '--yes')).toEqual({ code: 0, stdout: deleted, stderr: '' });
    expect(JSON.parse(await client.next())).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(await client.closed()).toBe(1000);
    expect((await checkout.run('members', 'list', ...at)).stdout).toBe('r-closing has no members.\n');
    expect((await restaurants('list')).stdout.split('\n')).not.toContain('r-closing');
    expect(await checkout.run('publish', ...at, '--type', 'menu.updated', '--data', '{}')).toMatchObject({ code: 3 });
    expect((await checkout.run('audit', ...at)).stdout).toMatch(/session_revoked/);
  });

  test('a revocation ends an open session at its next ping, and no other', async () => {
    const members = (...args: readonly string[]) => checkout.run('members', ...args, '--restaurant', 'r-17');
    await members('add', '--user', 'u-stranger', '--role', 'employee');
    const [stranger, owner] = [await enter('stranger'), await enter('owner')];
    stranger.send({ type: 'ping' });
    expect(JSON.parse(await stranger.next())).toMatchObject({ type: 'pong' });

    expect(await members('revoke', '--user', 'u-stranger')).toMatchObject({ code: 0, stderr: '' });
    for (const client of [stranger, owner]) client.send({ type: 'ping' });
    expect(JSON.parse(await stranger.next())).toMatchObject({ type: 'closing', reason: 'revoked', reconnect: false });
    expect(await stranger.closed()).toBe(1000);
    expect(JSON.parse(await owner.next())).toMatchObject({ type: 'pong' });
    await owner.leave();
    await members('remove', '--user', 'u-stranger');
  });
});

describe('lists', () => {
  test.each([
    { line: 'members list --restaurant r-17', headings: ['USER', 'ISSUER', 'ROLE', 'TYPES', 'REVOKED'] },
    {
      line: 'audit --restaurant r-17',
      headings: ['TIME', 'SEVERITY', 'EVENT', 'DETAIL', 'USER', 'TYPE', 'ADDRESS', 'CONNECTION', 'CLAIMED'],
    },
    {
      line: 'sessions list --restaurant r-17',
      headings: ['CONNECTION', 'USER', 'ROLE', 'TYPE', 'BY', 'ADDRESS', 'CONNECTED', 'SESSION'],
    },
  ])('$line has headings in a terminal, above their columns, and none in a pipe', async ({ line, headings }) => {
    const client = await connect(gateway.url);
    client.send(hello({ token: await tokenOf('owner') }));
    expect(JSON.parse(await client.next())).toMatchObject({ type: 'auth_success' });
    const [command = '', ...args] = line.split(' ');
    const [inPipe, inTerminal] = [await checkout.run(command, ...args), await checkout.runInTerminal(command, ...args)];
    await client.leave();

    const [first = '', ...rows] = inTerminal.stdout.trimEnd().split('\n');
    expect(first.split(/ +/)).toEqual(headings);
    expect(rows).toEqual(inPipe.stdout.trimEnd().split('\n'));
    const [row = ''] = rows;
    for (const heading of headings.slice(1, -2))
      expect(row.slice(first.indexOf(` ${heading}`)).slice(0, 2)).toMatch(/^ \S$/);
  });
});

describe('smoke', () => {
  test('stops in one sentence where the user may not connect as that type', async () => {
    const { code, stdout, stderr } = await checkout.run(
      'smoke',
      ...['--url', gateway.url, '--token', token.trim(), '--type', 'management'],
    );
    expect({ code, stderr }).toEqual({
      code: exitCodes.refused,
      stderr:
        'The user of this token may not connect to r-17 as management: give a --restaurant and a --type they may have, or the token of somebody who may.\n',
    });
    expect(stdout).toBe('ok        connecting needs no query parameters\n');
  });

  test('finds the gateway on this machine as it should be, and says what it saw', async () => {
    const { code, stdout, stderr } = await smoke;
    expect(stdout.split('\n').filter((line) => line.startsWith('FAILED'))).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ok +the first message authenticates$/m);
    expect(stdout).toMatch(/^left out +an expired token is refused/m);
    expect(stdout).toMatch(/^(\d+) of \1 as they should be\.$/m);
    expect(stdout).toMatch(/close code after the gateway ended a connection +1000 \(\d+ times\); 1000 locally/);
    expect(stdout).toMatch(/the last message came before the close +(\d+) of \1 times/);
  });

  test('says what came instead, and has failed', async () => {
    const { code, stdout } = await smokeOfStranger;
    expect(code).toBe(exitCodes.failed);
    expect(stdout).toMatch(
      /^FAILED +the first message authenticates\n +auth_success was awaited, \{"type":"auth_error"/m,
    );
    expect(stdout).toMatch(/^ok +a ping before authentication is refused$/m);
    expect(stdout).toContain('not seen: there was no session');
  });
});

test.each(mistakes)('$line: $sentence', async ({ line, sentence, ending }) => {
  expect(await runLine(checkout, line)).toEqual(refuses(sentence, ending));
});

test.each(withoutGateway)('%s says how to start a gateway where none runs', async (line) => {
  expect(await runLine(unstarted, line)).toEqual(
    refuses(
      'No local gateway is running: start one with "npm start", or name a deployed stage with --stage.',
      'failed',
    ),
  );
});

test.each(commands)('%s --help tells how it is used', async (command) => {
  const { code, stdout, stderr } = await unstarted.start(command, '--help').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(
    command === 'start'
      ? 'npm start'
      : ['token', 'smoke', 'issuer', 'types', 'trace'].includes(command)
        ? `npm run -s ${command}`
        : `npm run ${command}`,
  );
  if (!['smoke', 'issuer', 'outputs', 'trace', 'types', 'asyncapi', 'console', 'cost', 'storm'].includes(command))
    expect(stdout).toMatch(/^ +--port N .*(\n.*)?\bseveral\b/m);
});
