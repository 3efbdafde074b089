/** What the entry of an issuer says, as in a stage's file: `docs/issuers.md` has those of the usual providers. */

/** How tokens may be signed, by the names of JWS. */
export type SignatureAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519';

/** The claim of a token that makes its user a member. */
export interface MembershipClaimSettings {
  /** From the top of the token, a name for each level. */
  readonly path: readonly string[];

  /** An object of roles by restaurant id; a list of objects, each with an id and a role; or ids. */
  readonly shape: 'roles' | 'objects' | 'ids';

  /**
   * Everybody's role with the shape `ids`.
   *
   * @default - the claim says it
   */
  readonly role?: string | undefined;

  /**
   * With the shape `objects`: the field that holds the id.
   *
   * @default id
   */
  readonly idField?: string | undefined;

  /**
   * With the shape `objects`: the field that holds the role.
   *
   * @default role
   */
  readonly roleField?: string | undefined;

  /**
   * Where the issuer's tokens may make members.
   *
   * @default - everywhere, as the only issuer; one of several has to say this or `restaurantPrefix`
   */
  readonly restaurants?: readonly string[] | undefined;

  /**
   * The same, of all restaurants whose ids begin so.
   *
   * @default - none
   */
  readonly restaurantPrefix?: string | undefined;
}

/** What may be said of every issuer. */
export interface IssuerOptions {
  /**
   * What its tokens must say besides: a claim is exactly this, or one of these, or with the word `present` there.
   *
   * @default - nothing
   */
  readonly requiredClaims?:
    | Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>
    | undefined;

  /**
   * The claim that says who the user is.
   *
   * @default sub
   */
  readonly userIdClaim?: string | undefined;

  /**
   * How far ahead `exp` may be, in seconds.
   *
   * @default 86400
   */
  readonly maxTokenLifetimeSeconds?: number | undefined;

  /**
   * The claim that makes users members.
   *
   * @default - the membership table alone makes members
   */
  readonly membershipClaim?: MembershipClaimSettings | undefined;
}

/** Any issuer. Its texts may be deploy-time values where a URL still begins with `https://`, or is one value as a whole. */
export interface OidcIssuerProps extends IssuerOptions {
  /** Short name in keys and records. Part of every user's identity: never change it. */
  readonly alias: string;

  /** Exactly the `iss` of its tokens. */
  readonly issuer: string;

  /** Whom its tokens must be for; the word `issuer`: it stands for one client, and its tokens name no audience. */
  readonly audience: string | readonly string[];

  /**
   * The claim that holds the audience.
   *
   * @default - `client_id` for access tokens of Cognito, else `aud`
   */
  readonly audienceClaim?: 'aud' | 'client_id' | 'azp' | 'cid' | 'appid' | undefined;

  /**
   * Demanded value of `token_use`.
   *
   * @default - `access` for Cognito, else none
   */
  readonly tokenUse?: 'access' | 'id' | undefined;

  /**
   * What becomes of its ID tokens.
   *
   * @default - what its name tells; of an issuer whose name does not it must be said
   */
  readonly idTokens?: 'other_audience' | 'same_audience' | 'sent' | undefined;

  /**
   * Signatures that are accepted.
   *
   * @default RS256, ES256, ES384, EdDSA
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined;

  /**
   * Where its keys are.
   *
   * @default - `.well-known/jwks.json` below the issuer
   */
  readonly jwksUri?: string | undefined;

  /**
   * Whether a token may leave out `kid`.
   *
   * @default false
   */
  readonly keyIdOptional?: boolean | undefined;

  /**
   * Fields of the header that are left unread.
   *
   * @default - none
   */
  readonly ignoredHeaders?: readonly 'jku'[] | undefined;
}
