/** The page is of whatever stage it is shown, whose configuration no compiler knows. */
import '../client/src/index.ts';

declare module '../client/src/index.ts' {
  interface Register {
    domain: { connectionType: string; role: string; events: { readonly [type: `${string}.${string}`]: unknown } };
  }
}
