import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Issuer } from '../config-schema/issuer.ts';

/**
 * The stage's own users, for a deployment that brings no issuer. Administrators make the users; devices sign in with
 * name and password (SRP, or plain over TLS) and may use an authenticator app as second factor.
 */
export class OwnUserPool extends Construct {
  readonly issuer: Issuer;
  readonly poolId: string;
  /** What its devices sign in with. */
  readonly clientId: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const pool = new UserPool(this, 'Pool', {
      // Nothing of the dearer plans is used. A plan is changed in place.
      featurePlan: FeaturePlan.LITE,
      selfSignUpEnabled: false,
      signInAliases: { username: true, email: true },
      signInCaseSensitive: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'Every user may add an authenticator app; nobody must, since tills and displays sign in unattended.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'The plus plan is paid by user and month for risk checks that challenge whoever signs in, and a till has nobody to answer. Administrators make all users; a stage that needs more brings its own issuer.',
      },
    );
    const client = pool.addClient('Devices', {
      authFlows: { userSrp: true, userPassword: true },
      // A device cannot keep a secret: anybody could read it out of the app.
      generateSecret: false,
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // A session ends with its token: an hour is the longest a sacked employee's device keeps its session.
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    });
    // The pool outlives its stack, so what its devices sign in with does, too.
    client.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.issuer = userPoolIssuer({ url: pool.userPoolProviderUrl, clientId: client.userPoolClientId });
    this.poolId = pool.userPoolId;
    this.clientId = client.userPoolClientId;
  }
}

/** A Cognito user pool as an issuer. `url` may be a deploy-time value: it is only put together, never looked into. */
export const userPoolIssuer = (pool: { url: string; clientId: string }): Issuer => ({
  alias: 'cognito',
  issuer: pool.url,
  audience: [pool.clientId],
  audienceClaim: 'client_id',
  tokenUse: 'access',
  userIdClaim: 'sub',
  algorithms: ['RS256'],
  jwksUri: `${pool.url}/.well-known/jwks.json`,
  keyIdOptional: false,
  maxTokenLifetimeSeconds: 86_400,
});
