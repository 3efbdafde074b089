/** What the package has: a gateway as one construct or as three, who may issue its tokens, and a backend behind its bus. */
export { ConfigError } from '../config-schema/config-error.ts';
export { ApiDestinationTarget, type ApiDestinationTargetProps } from './api-destination-target.ts';
export { MaitredError } from './construct-problems.ts';
export type { CustomDomainProps } from './custom-domain.ts';
export type {
  ConnectionTypeSettings,
  DomainSettings,
  EventSettings,
  LegacySettings,
  RoleSettings,
} from './domain-settings.ts';
export { EnvironmentSizeError } from './environment-size.ts';
export type { NetworkProps } from './gateway-function.ts';
export type { IssuerOptions, MembershipClaimSettings, OidcIssuerProps, SignatureAlgorithm } from './issuer-settings.ts';
export { Maitred, type MaitredProps } from './maitred.ts';
export { MaitredGateway, type MaitredGatewayProps } from './maitred-gateway.ts';
export { MaitredMonitoring, type MaitredMonitoringProps } from './maitred-monitoring.ts';
export { MaitredState, type MaitredStateProps } from './maitred-state.ts';
export type { RateLimitSettings } from './rate-limit-settings.ts';
export type { GatewaySettings, MonitoringSettings, StateSettings, ThrottleSettings } from './settings.ts';
export { Issuer, type TrustedIssuer, type UserPoolIssuerOptions } from './trusted-issuer.ts';
