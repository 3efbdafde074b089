/** One member at a time: each yields what it did as an object for programs and as words for people. */
import { everyRestaurant, isSuspended } from '../../lambdas/access/membership.ts';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import { listMembers } from '../../lambdas/dynamodb/member-list.ts';
import {
  type Member,
  removeMember,
  resumeMember,
  revokeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import type { ConnectionType, Role } from '../../protocol/identifiers.ts';
import { called, NotFoundError, RefusedError } from '../command.ts';
import { revocationNote } from '../revocation-note.ts';
import type { Target } from '../target.ts';
import { rowOfMembership } from './member-row.ts';

export type Change = Readonly<{ outcome: string; sentence: string; told?: Readonly<Record<string, unknown>> }>;

export const who = ({ userId, issuer }: Member): string => `${userId} (${issuer})`;
const staysOut = ({ restaurantId }: Member): string =>
  `stays suspended at ${restaurantId} until "${called('members resume')}".`;
const notAMember = (member: Member): NotFoundError =>
  new NotFoundError(`${who(member)} is not a member of ${member.restaurantId}.`);

export const add = async (
  { memberships }: Target,
  member: Member,
  role: Role,
  types: readonly ConnectionType[] | undefined,
): Promise<Change> => {
  const now = await setMember(memberships)({ ...member, role, ...(types ? { connectionTypes: types } : {}) });
  const isOut = isSuspended(now);
  const sentence = `${who(member)} is ${role} at ${member.restaurantId}${isOut ? `, and ${staysOut(member)}` : '.'}`;
  return { outcome: isOut ? 'added_and_suspended' : 'added', sentence, told: rowOfMembership(now) };
};

export const remove = async ({ memberships }: Target, member: Member): Promise<Change> => {
  const outcome = await removeMember(memberships)(member);
  if (outcome === 'not_a_member') throw notAMember(member);
  const isOut = outcome === 'removed_and_suspended';
  const end = isOut ? `, and ${staysOut(member)}` : '.';
  return { outcome, sentence: `${who(member)} is no longer a member of ${member.restaurantId}${end}` };
};

export const revoke = async (target: Target, member: Member, nowMs: number): Promise<Change> => {
  const { restaurantId, issuer } = member;
  const outcome = await revokeMember(target.memberships)(member, nowMs);
  if (outcome === 'not_a_member') throw notAMember(member);
  const sessions = (await connections(target.connections).sessionsAt(restaurantId)).map(({ session }) => session);
  const note = revocationNote(
    member,
    sessions.filter((session) => session.issuer === issuer),
  );
  const sentence = `Tokens of ${who(member)} issued before ${new Date(nowMs).toISOString()} are refused at ${restaurantId}.`;
  return { outcome, sentence: `${sentence}\n${note}`, told: { revoked_before_ms: nowMs, note } };
};

export const suspend = async ({ memberships }: Target, member: Member, nowMs: number): Promise<Change> => {
  await mustBeOwner(memberships, member);
  const outcome = await suspendMember(memberships)(member, nowMs);
  if (outcome === 'was_suspended')
    throw new RefusedError(`${who(member)} is suspended at ${member.restaurantId} already.`);
  const sentence =
    `${who(member)} is suspended at ${member.restaurantId}: no token lets them in until "${called('members resume')}". ` +
    `Sessions end at their next message or event; "${called('sessions close')}" ends them now.`;
  return { outcome, sentence, told: { suspended_at_ms: nowMs } };
};

export const resume = async ({ memberships }: Target, member: Member): Promise<Change> => {
  const outcome = await resumeMember(memberships)(member);
  if (outcome === 'not_suspended') throw new RefusedError(`${who(member)} is not suspended at ${member.restaurantId}.`);
  const end = outcome === 'resumed' ? '.' : ', and no member there: "add" makes one.';
  return { outcome, sentence: `${who(member)} is no longer suspended at ${member.restaurantId}${end}` };
};

/** Of the platform's owners only those can be suspended who are: whoever is a member of restaurants is suspended at each. */
const mustBeOwner = async (memberships: Target['memberships'], member: Member): Promise<void> => {
  if (member.restaurantId !== everyRestaurant) return;
  const owners = await listMembers(memberships)(everyRestaurant);
  if (!owners.some((owner) => owner.issuer === member.issuer && owner.userId === member.userId))
    throw new NotFoundError(`${who(member)} is no platform owner: name the restaurant where they are to be kept out`);
};
