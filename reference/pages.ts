/** The pages of docs/reference: of which entry each is, and how its exports are grouped. */
import type { Page } from './page.ts';

const made = 'Made of the docstrings by `.ci/reference --write`.';

/** By the page's file; `module` is what typedoc calls the entry. */
export const pages: Readonly<Record<string, Page & Readonly<{ model: 'client' | 'constructs'; module?: string }>>> = {
  'client.md': {
    model: 'client',
    module: 'index',
    title: '@maitred/client',
    opening: `${made} How it is used: [client/README.md](../../client/README.md). Every object that it gives or takes is read only.`,
    groups: {
      'To connect': ['connect', 'ConnectOptions', 'TokenReason', 'User', 'MaitredClient', 'Off'],
      'What it is doing': ['ClientState', 'SessionInfo', 'SessionIdentity', 'Failure', 'End'],
      'To hear': ['RestaurantEvent', 'Cursor', 'Gap'],
      'To publish': [
        'PublishOptions',
        'Publishing',
        'Published',
        'Pending',
        'Refusal',
        'PublishError',
        'PublishErrorCode',
      ],
      'To ask who is there': ['Present', 'WhoError', 'WhoErrorCode'],
      'Types of a stage': ['Register', 'ConnectionType', 'Role', 'DeviceEventData', 'RestaurantEventData', 'DataOf'],
      'The platform': [
        'SignalSources',
        'OnlineSource',
        'VisibilitySource',
        'AppStateSource',
        'NetInfoSource',
        'SocketConstructor',
        'Socket',
        'Timers',
        'Timing',
        'TraceEntry',
        'TraceDetail',
      ],
    },
  },
  'client-react.md': {
    model: 'client',
    module: 'react',
    title: '@maitred/client/react',
    opening: `${made} How it is used: [client/README.md](../../client/README.md#react). What it names beside this is of
[@maitred/client](client.md).`,
    groups: {
      Provider: ['MaitredProvider', 'MaitredProviderProps', 'HeldOptions'],
      Hooks: ['useMaitred', 'MaitredView', 'useRestaurantEvent', 'usePublish'],
    },
  },
  'client-storage.md': {
    model: 'client',
    module: 'storage',
    title: '@maitred/client/storage',
    opening: `${made} How it is used: [client/README.md](../../client/README.md#storage).`,
    groups: {
      'To make one': ['itemStorage', 'ItemSource', 'mmkvStorage', 'MmkvSource', 'storageOf', 'Texts', 'Lock'],
      'What is made': ['Storage'],
    },
  },
  'constructs.md': {
    model: 'constructs',
    title: 'maitred, the constructs',
    opening: `${made} How they are used: [docs/constructs.md](../constructs.md); what each property of a stage decides:
[docs/configuration.md](../configuration.md). Types of \`aws-cdk-lib\` and \`constructs\` are those packages' own.`,
    groups: {
      'A gateway': ['Maitred', 'MaitredProps'],
      'Its three parts': [
        'MaitredState',
        'MaitredStateProps',
        'MaitredGateway',
        'MaitredGatewayProps',
        'MaitredMonitoring',
        'MaitredMonitoringProps',
      ],
      Issuers: [
        'Issuer',
        'TrustedIssuer',
        'OidcIssuerProps',
        'UserPoolIssuerOptions',
        'IssuerOptions',
        'SignatureAlgorithm',
        'MembershipClaimSettings',
      ],
      'What is configured': [
        'StateSettings',
        'GatewaySettings',
        'MonitoringSettings',
        'RateLimitSettings',
        'ThrottleSettings',
        'CustomDomainProps',
        'NetworkProps',
      ],
      'Devices, roles and events': [
        'DomainSettings',
        'ConnectionTypeSettings',
        'RoleSettings',
        'EventSettings',
        'LegacySettings',
      ],
      'A backend behind a bus': ['ApiDestinationTarget', 'ApiDestinationTargetProps'],
      'What is thrown': ['MaitredError', 'ConfigError', 'EnvironmentSizeError'],
    },
  },
};
