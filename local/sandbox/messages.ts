import type { WireAnswer, WireRequest } from '../wire.ts';

/** An address whose requests a sandbox hands to the gateway instead of a socket. */
export type Shortcut = {
  /** As in a URL: `http://127.0.0.1:8000`. */
  readonly origin: string;
  readonly pathPrefix: string;
};

/** What a sandbox is started with. */
export type SandboxCode = {
  readonly moduleUrl: string;
  readonly exportName: string;
  readonly shortcuts: readonly Shortcut[];
  /** How many times as long as on AWS everything takes that the function measures or waits for. */
  readonly timeScale: number;
};

export type Stream = 'stdout' | 'stderr';

/** What the gateway tells a sandbox. */
export type ToSandbox =
  | {
      readonly type: 'invoke';
      /** JSON, because nothing else passes between Lambda and a function. */
      readonly event: string;
      readonly requestId: string;
      /** How long it may run, by the function's own clock; then the sandbox is stopped. */
      readonly timeoutMs: number;
      readonly functionName: string;
      readonly functionArn: string;
      readonly memoryMb: number;
    }
  | { readonly type: 'answered'; readonly id: number; readonly answer: WireAnswer };

/** What a sandbox tells the gateway. */
export type FromSandbox =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly type: 'returned'; readonly value: string | undefined }
  | { readonly type: 'threw'; readonly errorType: string; readonly errorMessage: string }
  | { readonly type: 'wrote'; readonly stream: Stream; readonly line: string }
  | { readonly type: 'called'; readonly id: number; readonly origin: string; readonly request: WireRequest };
