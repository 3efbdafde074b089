/** What the storage contract is about: the ports that keep things, wherever they keep them. */
import type { Membership } from '../../lambdas/access/membership.ts';
import type {
  AddressCounters,
  Connections,
  FindMemberships,
  ListMembers,
  MemberCounters,
  PassKeyTable,
  PutRecord,
  ReadAuthorization,
  ReadSession,
  Streams,
} from '../../lambdas/ports.ts';

export type Storage = Readonly<{
  connections: Connections;
  findMemberships: FindMemberships;
  putRecord: PutRecord;
  addressCounters: AddressCounters;
  memberCounters: MemberCounters;
  passKeyTable: PassKeyTable;
  streams: Streams;
  listMembers: ListMembers;
  readAuthorization: ReadAuthorization;
  readSession: ReadSession;
  enrol: (membership: Membership) => Promise<void>;
  /** The answer to the next write that is applied is lost, and the client below the port tries again. */
  loseNextAnswer: () => void;
  close: () => Promise<void>;
}>;
