/** What the gateway starts a sandbox with. */
export type SandboxCode = { readonly moduleUrl: string; readonly exportName: string };

/** One event for a sandbox; `event` is JSON, because nothing else passes between Lambda and a function. */
export type InvokeMessage = {
  readonly event: string;
  readonly requestId: string;
  /** Epoch milliseconds at which the sandbox is stopped. */
  readonly deadlineMs: number;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
};

export type Stream = 'stdout' | 'stderr';

/** What a sandbox reports. */
export type SandboxMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly type: 'returned'; readonly value: string | undefined }
  | { readonly type: 'threw'; readonly errorType: string; readonly errorMessage: string }
  | { readonly type: 'wrote'; readonly stream: Stream; readonly line: string };
