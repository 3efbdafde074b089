/**
 * What must hold of one connection, whatever happens to it: while it happens, and when everything has come to rest.
 *
 * I1 nothing but refusals and closings goes to who is not authenticated · I2 a session is begun by one message of its
 * own connection, in time, with a good token · I3 one attempt commits, and nothing changes who it is · I4 a finished
 * attempt is in one record · I5 no session without its record · I6 no row comes back · I7 authenticated or refused, not both ·
 * I8 what is not authenticated is decided and closed · I9 nothing is served after the session's end
 */
import type { Connection, Status } from '../../lambdas/connection/connection.ts';
import { trailOf } from '../memory/audit.ts';
import type { Transition } from '../memory/connections.ts';
import type { World } from '../memory/world.ts';
import type { Performance, Request } from './performance.ts';
import { entitledBy } from './script.ts';

/** The ways a row may go. */
const leadsTo: Readonly<Record<Status, readonly Status[]>> = {
  pending: ['verifying', 'timed_out'],
  verifying: ['granting', 'refused', 'lapsed'],
  granting: ['authenticated', 'unseated'],
  authenticated: ['authenticated', 'closing'],
  refused: [],
  timed_out: [],
  lapsed: [],
  unseated: [],
  closing: [],
  ended: [],
};

/** Watches every change of a row and every frame at the moment it happens; the list grows with what is broken. */
export const guardWhilePlaying = (world: World, requests: readonly Request[]): string[] => {
  const broken: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) broken.push(what);
  };
  const { history } = world.connections;

  world.watchers.push((transition) => {
    const earlier = history.slice(0, -1);
    must(!earlier.some(({ to }) => to === 'ended'), 'I6: a row that had ended changed or came back');
    const { from, to } = transition;
    const isDrawn = from === undefined ? to === 'pending' : to === 'ended' || leadsTo[from].includes(to);
    must(isDrawn, `I7: ${from} became ${to}`);
    const session = earlier.findLast(({ to }) => to === 'authenticated');
    if (transition.to !== 'authenticated') return;
    if (session === undefined) mustBeSound(transition);
    else {
      must(transition.from === 'authenticated', 'I3: a second attempt was activated');
      must(partyOf(session.row) === partyOf(transition.row), 'I3: user, restaurant or connection type changed');
      must(expiryOf(session.row) <= expiryOf(transition.row), 'I3: a renewal shortened the session');
    }
  });

  const mustBeSound = ({ from, row }: Transition): void => {
    if (row.status !== 'authenticated') return;
    const request = requests.find(({ requestId }) => requestId === row.ownerId);
    must(from === 'granting', 'I2: a session began in another state than granting');
    must(request !== undefined && request.arrivedAtMs <= row.authDeadlineMs, 'I2: the message was not in time');
    must(entitledBy.get(request?.text ?? '') === row.session.userId, 'I2: the token does not say so');
    must(
      trailOf(world.audit).some(({ trail, event }) => trail === row.session.restaurantId && event === 'access_granted'),
      'I5: a session began without its record',
    );
  };

  let wasRefused = false;
  world.sockets.onReceived = (_, { via, message }) => {
    if (via === 'platform') return;
    const type = String(message['type']);
    // Where the row cannot be read nobody knows who asks, and the answer says so and nothing else.
    const saysNothing = type === 'error' && message['reason'] === 'unavailable';
    if (type !== 'auth_error' && type !== 'closing' && !saysNothing) {
      const sessions = history.filter(({ to }) => to === 'authenticated').map(({ row }) => row);
      must(sessions.length > 0, `I1: ${type} went to a connection that was not authenticated`);
      must(Date.parse(String(message['timestamp'])) < Math.max(...sessions.map(expiryOf)), `I9: ${type} after the end`);
      must(!wasRefused, `I7: ${type} after auth_error`);
    }
    wasRefused ||= type === 'auth_error';
  };
  return broken;
};

/** What does not hold now that nothing is under way any more. */
export const brokenAtRest = (performance: Performance): readonly string[] => {
  const { script, world, door } = performance;
  const broken = [...performance.broken];
  const must = (holds: boolean, what: string): void => {
    if (!holds) broken.push(what);
  };
  const had = (...states: readonly Transition['to'][]) =>
    world.connections.history.some(({ to }) => states.includes(to));
  const socket = door.socketOf('c-1=');
  const row = door.rowOf();
  const told = (type: string) => socket.received.some(({ message }) => message['type'] === type);

  must(
    !(had('authenticated') && had('timed_out', 'refused', 'lapsed', 'unseated')),
    'I7: authenticated, and ended otherwise',
  );
  if (told('auth_success')) must(had('authenticated'), 'I7: auth_success without a session');

  const trail = trailOf(world.audit);
  const attempts = trail.filter(({ kind }) => kind === 'attempt');
  const isGranted = attempts.some(({ event }) => event === 'access_granted');
  const isNeverActivated = trail.some(({ detail }) => detail === 'never_seated');
  must(attempts.length <= 1, 'I4: an attempt has two records');
  if (had('authenticated')) must(isGranted, 'I4: a session is recorded as something else');
  if (had('authenticated')) must(!isNeverActivated, 'I4: a session is recorded as never activated');
  if (isGranted) must(had('granting'), 'I4: a grant is recorded that nobody made');

  // The rest is the timer's to finish.
  if (script.timers === 'lost') return broken;

  // Where both the table and the queue failed, the log holds the record.
  const isOnlyLogged = world.telemetry.records.some(
    ({ fate, record }) => fate === 'logged_only' && record.event !== 'connection_abandoned',
  );
  if (had('authenticated', 'refused', 'timed_out', 'lapsed', 'unseated') || told('auth_error'))
    must(attempts.length > 0 || isOnlyLogged, 'I4: a finished attempt has no record');
  if (isGranted && !had('authenticated'))
    must(isNeverActivated || isOnlyLogged, 'I4: a grant that was never authenticated has no second record');

  must(!isUndecided(row), `I8: the row is still ${row?.status}`);
  if (row?.status !== 'authenticated' && row?.status !== 'closing')
    must(socket.state === 'closed', `I8: the socket of a row that is ${row?.status ?? 'ended'} is open`);
  if (told('auth_error')) must(socket.state === 'closed', 'I8: a refused socket is open');
  must(world.queue.deadLetters.length === 0, 'I8: a queue message was given up');

  if (script.faults.length === 0 && performance.disconnected) {
    must(row === undefined, `$disconnect left a row that is ${row?.status}`);
    if (had('authenticated'))
      must(
        trail.some(({ kind }) => kind === 'end'),
        'a session has no record of its end',
      );
  }
  return broken;
};

/** Everything that outlives a connection, to compare. */
export const endStateOf = ({ world, door }: Performance) => ({
  row: door.rowOf(),
  trail: [...world.audit.entries()],
  socket: door.socketOf('c-1=').state,
});

const isUndecided = (row: Connection | undefined): boolean =>
  row?.status === 'pending' || row?.status === 'verifying' || row?.status === 'granting';

const expiryOf = (row: Connection): number => ('session' in row ? row.session.sessionExpiresAtMs : 0);

const partyOf = (row: Connection): string => {
  if (!('session' in row)) return '';
  const { issuer, userId, restaurantId, connectionType } = row.session;
  return JSON.stringify([issuer, userId, restaurantId, connectionType]);
};
