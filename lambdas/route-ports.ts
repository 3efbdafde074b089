/** The ports each route is handed, and those that what it calls needs of them. Types only. */
import type { OutboxTarget, OutboxTelemetry, Ports, SetAside } from './ports.ts';
import type { AuditPorts } from './security/audit-writer.ts';

export type ClosePorts = AuditPorts &
  Pick<
    Ports,
    'domain' | 'connections' | 'sockets' | 'knownClosed' | 'memberCounters' | 'sandboxAddresses' | 'addressLimits'
  >;

export type ConnectPorts = AuditPorts &
  Pick<Ports, 'connections' | 'memberCounters' | 'passKeys' | 'sandboxAddresses' | 'addressLimits'>;
export type DisconnectPorts = AuditPorts & Pick<Ports, 'domain' | 'connections'>;
export type AuthenticationPorts = ClosePorts &
  Pick<
    Ports,
    | 'findMemberships'
    | 'verifyToken'
    | 'messageLimiter'
    | 'streams'
    | 'eventRetentionMs'
    | 'pingIntervalMs'
    | 'passKeys'
  >;
export type MessagePorts = ClosePorts &
  Pick<
    Ports,
    'judgeData' | 'messageLimiter' | 'replayAllowance' | 'readSession' | 'readAuthorization' | 'streams' | 'publish'
  >;
export type TimerPorts = ClosePorts & Pick<Ports, 'timer'>;
export type NumberingPorts = Pick<
  Ports,
  'domain' | 'streams' | 'listMembers' | 'isNamedByIssuer' | 'limits' | 'newEpoch' | 'now'
>;
export type DeliveryPorts = ClosePorts & Pick<Ports, 'listMembers' | 'pause' | 'after' | 'postAgain' | 'timeLeftMs'>;
export type FanOutPorts = DeliveryPorts & NumberingPorts & Pick<Ports, 'deadLetter' | 'hideMessages' | 'isOwnSender'>;
export type RedeliveryPorts = DeliveryPorts & Pick<Ports, 'streams'>;
/** It has no part in what is between devices and the gateway. */
export type OutboxPorts = Pick<Ports, 'timeLeftMs' | 'pause' | 'now'> &
  Readonly<{
    /** The stage's name, for those who hear of several. */
    stage: string;
    target: OutboxTarget;
    setAside: SetAside;
    readHead: Ports['streams']['readHead'];
    telemetry: OutboxTelemetry;
  }>;
