/** Who may issue tokens, as a construct is told. */
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { demandGiven } from './given-constructs.ts';
import type { IssuerOptions, OidcIssuerProps } from './issuer-settings.ts';

/** An issuer that is trusted: made by `Issuer`. */
export interface TrustedIssuer {
  /** Its entry, in which texts may be deploy-time values. */
  readonly entry: OidcIssuerProps;

  /**
   * The user pool that it is.
   *
   * @default - none of an app
   */
  readonly userPool?: IUserPool | undefined;
}

/** What may be said of a user pool. */
export interface UserPoolIssuerOptions extends IssuerOptions {
  /**
   * Short name in keys and records. Part of every user's identity: never change it.
   *
   * @default cognito
   */
  readonly alias?: string | undefined;
}

/** Makes the issuers that a gateway trusts. */
export const Issuer = {
  /** Any issuer, by its entry. */
  oidc: (entry: OidcIssuerProps): TrustedIssuer => ({ entry }),

  /** The access tokens that a Cognito user pool issues for these clients. */
  userPool: (
    userPool: IUserPool,
    clients: IUserPoolClient | readonly IUserPoolClient[],
    options: UserPoolIssuerOptions = {},
  ): TrustedIssuer => {
    demandGiven('Issuer.userPool', { userPool }, ['userPool']);
    for (const client of [clients].flat()) demandGiven('Issuer.userPool', { client }, ['client']);
    return {
      userPool,
      entry: {
        ...options,
        alias: options.alias ?? 'cognito',
        // An imported pool has no `userPoolProviderUrl`.
        issuer: `https://${userPool.userPoolProviderName}`,
        audience: [clients].flat().map(({ userPoolClientId }) => userPoolClientId),
        audienceClaim: 'client_id',
        tokenUse: 'access',
        algorithms: ['RS256'],
      },
    };
  },
};
