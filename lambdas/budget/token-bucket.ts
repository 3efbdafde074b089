/** A bucket that holds `burst` messages and fills at `perMinute`. Pure: `(bucket, now) -> bucket`. */
export type BucketSize = Readonly<{ perMinute: number; burst: number }>;
export type Bucket = Readonly<{ left: number; atMs: number }>;

export const fullBucket = ({ burst }: BucketSize, nowMs: number): Bucket => ({ left: burst, atMs: nowMs });

/** Takes one message out, if there is one. A clock that goes back fills nothing and takes nothing away. */
export const take = (
  bucket: Bucket,
  { perMinute, burst }: BucketSize,
  nowMs: number,
): Readonly<{ taken: boolean; bucket: Bucket }> => {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const left = Math.min(burst, bucket.left + (elapsedMs * perMinute) / 60_000);
  const atMs = Math.max(nowMs, bucket.atMs);
  return left >= 1 ? { taken: true, bucket: { left: left - 1, atMs } } : { taken: false, bucket: { left, atMs } };
};
