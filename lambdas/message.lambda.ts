import { invocationDeadline } from './live-deadline.ts';
import { messagePorts } from './live-message.ts';
import { message } from './routes/message.ts';

const deadline = invocationDeadline();
export const handler = deadline.of(message(messagePorts(deadline)));
