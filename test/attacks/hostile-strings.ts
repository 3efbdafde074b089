import { vector } from '../vectors.ts';

/** The Big List of Naughty Strings, and some for this gateway. */
export const hostileStrings = (): readonly string[] => [...(vector('blns.json') as readonly string[]), ...ours];

const ours: readonly string[] = [
  // A metric, alone, on a line of its own, and inside the field it is quoted in.
  '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"maitred","Dimensions":[[]],"Metrics":[{"Name":"x"}]}]},"x":1}',
  'x\n{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"SecurityEvent":1000}\n',
  'x","_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"y":"',
  '_aws',
  // A log line of ours, and one of the platform's.
  '\r\n{"level":"INFO","message":"access_granted","service":"maitred","user_id":"u-owner"}\r\n',
  '\nREPORT RequestId: 0 Duration: 0 ms',
  // Line ends that are none in JSON, colours and a bell.
  'a\u2028b\u2029c\u0085d\u000be\u000cf',
  '\u001b[2J\u001b[31mred\u0007\u0000',
  // Half characters: as they come, and as they are made by cutting.
  '\ud83d',
  `${'a'.repeat(128)}😀`,
  `${'r'.repeat(64)}😀`,
  '寿'.repeat(1_000),
  '\\'.repeat(2_000),
  `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`,
];
