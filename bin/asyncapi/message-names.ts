/** The messages of the document, by their names. */
import type { clientMessages } from '../../protocol/schemas/client.ts';
import type { platformMessages, serverMessages } from '../../protocol/schemas/server.ts';

export type MessageName =
  | keyof ReturnType<typeof clientMessages>
  | keyof ReturnType<typeof serverMessages>
  | keyof typeof platformMessages;
