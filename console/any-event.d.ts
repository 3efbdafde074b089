/** The page publishes what the stage's configuration says, which no compiler knows. */
import '../client/src/index.ts';

declare module '../client/src/index.ts' {
  interface DeviceEventData {
    readonly [type: `${string}.${string}`]: unknown;
  }
}
