/** What devices and members may be, and what devices publish, as in a stage's file: `docs/domain.md`. */

/** What devices of one connection type see and may ask. What they publish and hear stands at the events. */
export interface ConnectionTypeSettings {
  /**
   * What people read.
   *
   * @default - its name
   */
  readonly title?: string | undefined;

  /**
   * Whether it hears an event whose publisher names no audience.
   *
   * @default false
   */
  readonly hearsBackends?: boolean | undefined;

  /**
   * Whether it learns who of the members published an event.
   *
   * @default false
   */
  readonly seesPublishers?: boolean | undefined;

  /**
   * Whether it may ask who is there.
   *
   * @default false
   */
  readonly asksWho?: boolean | undefined;
}

/** What members of one role may be. */
export interface RoleSettings {
  /**
   * What people read.
   *
   * @default - its name
   */
  readonly title?: string | undefined;

  /** What its members may connect as. */
  readonly connectionTypes: readonly string[];

  /**
   * Whether its members are members of every restaurant.
   *
   * @default false
   */
  readonly everyRestaurant?: boolean | undefined;
}

/** An event that devices publish. */
export interface EventSettings {
  /** What people read. */
  readonly title: string;

  /** The connection types that may publish it. */
  readonly from: readonly string[];

  /** Those that hear it. */
  readonly audience: readonly string[];

  /** Its fields, as a JSON Schema. */
  readonly data: Readonly<Record<string, unknown>>;

  /**
   * With `drop`, fields that the schema does not name are dropped.
   *
   * @default - an event with such fields is refused
   */
  readonly unknownFields?: 'drop' | undefined;

  /**
   * How apps from before this protocol say it.
   *
   * @default - not at all
   */
  readonly legacy?: LegacySettings | undefined;

  /** Data of such an event. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** How apps from before this protocol say an event. */
export interface LegacySettings {
  /** The `type` of their message. */
  readonly type: string;

  /**
   * The field that holds the event's own, in place of `data`.
   *
   * @default - they stand at top level
   */
  readonly object?: string | undefined;

  /**
   * A field of the event that may stand at top level while the others stand in an object.
   *
   * @default - none
   */
  readonly beside?: string | undefined;
}

/** What devices and members may be, and what devices publish. */
export interface DomainSettings {
  /**
   * The preset that the next four add to; an entry of theirs that is `null` takes the preset's out.
   *
   * @default - `restaurant` where none of the four is there, else none
   */
  readonly extends?: 'restaurant' | undefined;

  /**
   * What devices may be to their restaurant: 10 at most.
   *
   * @default - the preset's
   */
  readonly connectionTypes?: Readonly<Record<string, ConnectionTypeSettings | null>> | undefined;

  /**
   * What a device is that does not say.
   *
   * @default - the preset's
   */
  readonly defaultConnectionType?: string | undefined;

  /**
   * What members may be, the widest first.
   *
   * @default - the preset's
   */
  readonly roles?: Readonly<Record<string, RoleSettings | null>> | undefined;

  /**
   * What devices publish: 500 at most.
   *
   * @default - the preset's
   */
  readonly events?: Readonly<Record<string, EventSettings | null>> | undefined;

  /**
   * Whom the local gateway knows at its restaurant, each with a role.
   *
   * @default - the preset's, or one of each role by its name
   */
  readonly demoUsers?: Readonly<Record<string, string>> | undefined;
}
