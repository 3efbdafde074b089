import { outbox } from './routes/outbox.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { outboxPorts } from './wiring/outbox-ports.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(outbox(outboxPorts(deadline)));
