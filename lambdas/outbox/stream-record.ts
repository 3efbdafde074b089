/** A record of a stream, as far as the outbox reads it. */

export type Attribute = Readonly<{
  S?: string | undefined;
  N?: string | undefined;
  BOOL?: boolean | undefined;
  NULL?: boolean | undefined;
  L?: readonly Attribute[] | undefined;
  M?: Attributes | undefined;
}>;
export type Attributes = Readonly<{ [name: string]: Attribute }>;

export type StreamRecord = Readonly<{
  eventID?: string | undefined;
  eventName?: string | undefined;
  dynamodb?:
    | Readonly<{
        Keys?: Attributes | undefined;
        NewImage?: Attributes | undefined;
        SequenceNumber?: string | undefined;
      }>
    | undefined;
}>;
