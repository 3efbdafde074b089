/** The client of the maitred gateway. `connect` is all there is to call. */
export type { MaitredClient, Off, Published, Publishing, PublishOptions } from './client.ts';
export type { ClientState, SessionInfo } from './client-state.ts';
export { connect } from './connect.ts';
export type { ConnectionType, DataOf, DeviceEventData, Register, RestaurantEventData, Role } from './domain.ts';
export { PublishError, type PublishErrorCode, WhoError, type WhoErrorCode } from './errors.ts';
export type { Cursor, Gap, RestaurantEvent } from './events.ts';
export type { SessionIdentity } from './messages.ts';
export type { ConnectOptions } from './options.ts';
export type { Refusal, User } from './outbox-state.ts';
export type { Pending } from './pending.ts';
export type { Timing } from './settings.ts';
export type { AppStateSource, NetInfoSource, OnlineSource, SignalSources, VisibilitySource } from './signals.ts';
export type { Storage } from './storage.ts';
export type { Socket, SocketConstructor } from './socket.ts';
export type { End, Failure, TokenReason } from './state.ts';
export type { Timers } from './timers.ts';
export type { TraceDetail, TraceEntry } from './trace.ts';
export type { Present } from './who-state.ts';
