import { invocationDeadline } from './wiring/deadline.ts';
import { messagePorts } from './wiring/message-ports.ts';
import { message } from './routes/message.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(message(messagePorts(deadline)));
