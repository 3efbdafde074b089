import { message } from './routes/message.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { messagePorts } from './wiring/message-ports.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(message(messagePorts(deadline)));
