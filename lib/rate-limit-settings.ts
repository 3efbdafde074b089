/** What one address, session, user or restaurant may do: whole numbers up to a million. */
export interface RateLimitSettings {
  /**
   * Handshakes of one address or IPv6 /64 in a minute that show no re-entry pass.
   *
   * @default 300
   */
  readonly connectsPerMinute?: number | undefined;

  /**
   * Handshakes of one user at one restaurant in a minute that show a re-entry pass.
   *
   * @default 120
   */
  readonly reentriesPerMinute?: number | undefined;

  /**
   * Forged tokens and frames that are no JSON of one address in 15 minutes, before it is blocked.
   *
   * @default 30
   */
  readonly hostileFailures?: number | undefined;

  /**
   * `connectsPerMinute` of each of the `trustedAddresses`.
   *
   * @default 6000
   */
  readonly trustedConnectsPerMinute?: number | undefined;

  /**
   * `hostileFailures` of each of them.
   *
   * @default 600
   */
  readonly trustedHostileFailures?: number | undefined;

  /**
   * Refusals of one address in a minute that are recorded one by one.
   *
   * @default 20
   */
  readonly recordsPerMinute?: number | undefined;

  /**
   * Messages of one session, pings apart.
   *
   * @default 60
   */
  readonly messagesPerMinute?: number | undefined;

  /**
   * How many of them at once.
   *
   * @default 20
   */
  readonly messageBurst?: number | undefined;

  /**
   * Pings of one session.
   *
   * @default 120
   */
  readonly pingsPerMinute?: number | undefined;

  /**
   * How many of them at once.
   *
   * @default 40
   */
  readonly pingBurst?: number | undefined;

  /**
   * DynamoDB read units that the replays of one session, and its questions who is there, may cost.
   *
   * @default 600
   */
  readonly replayUnitsPerMinute?: number | undefined;

  /**
   * How many of them at once.
   *
   * @default 600
   */
  readonly replayUnitBurst?: number | undefined;

  /**
   * Events that are published at one restaurant in a minute.
   *
   * @default 3000
   */
  readonly publicationsPerMinute?: number | undefined;

  /**
   * Sessions of one user at one restaurant. Beyond it the oldest is closed.
   *
   * @default 50
   */
  readonly sessionsPerUser?: number | undefined;

  /**
   * Sessions of one restaurant. Beyond it the newest is closed.
   *
   * @default 2000
   */
  readonly sessionsPerRestaurant?: number | undefined;
}
