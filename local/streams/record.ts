import { createHash } from 'node:crypto';
import { type Item, isSameItem, sizeOf } from './item.ts';

export const viewTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;

/** A table's stream as the template has it. */
export type StreamBlueprint = {
  readonly arn: string;
  readonly region: string;
  readonly viewType: (typeof viewTypes)[number];
  readonly keyNames: readonly string[];
};

/** One write of one item. */
export type Change = {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** DynamoDB itself deleted it, by its time to live. */
  readonly byService: boolean;
};

/** One record as Lambda hands it to a function. */
export type StreamRecord = {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Whole epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    /** Digits; they rise, and all have the same length. */
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamBlueprint['viewType'];
  };
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
  readonly eventSourceARN: string;
};

/** The record of a change; undefined where a write has left everything as it was, of which DynamoDB makes none. */
export const recordOf = (
  stream: StreamBlueprint,
  change: Change,
  sequenceNumber: string,
  nowMs: number,
): StreamRecord | undefined => {
  const { before, after, byService } = change;
  const either = after ?? before;
  if (either === undefined || (before !== undefined && after !== undefined && isSameItem(before, after)))
    return undefined;
  const { viewType } = stream;
  const Keys = Object.fromEntries(Object.entries(either).filter(([name]) => stream.keyNames.includes(name)));
  const NewImage = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? after : undefined;
  const OldImage = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? before : undefined;
  return {
    eventID: createHash('sha256').update(`${stream.arn}/${sequenceNumber}`).digest('hex').slice(0, 32),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: stream.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(nowMs / 1000),
      Keys,
      ...(NewImage === undefined ? {} : { NewImage }),
      ...(OldImage === undefined ? {} : { OldImage }),
      SequenceNumber: sequenceNumber,
      SizeBytes: sizeOf(Keys) + sizeOf(NewImage ?? {}) + sizeOf(OldImage ?? {}),
      StreamViewType: viewType,
    },
    ...(byService ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } as const } : {}),
    eventSourceARN: stream.arn,
  };
};
