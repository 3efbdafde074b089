/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles (an alias in `lib/`). A function's credentials are in
 * its environment; the chain that also asks files, SSO, STS and instance metadata is 90 KB that never runs.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = () => fromEnv();
