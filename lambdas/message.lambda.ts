import { hearing } from './apigateway/event-type.ts';
import { message } from './routes/message.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { messagePorts } from './wiring/message-ports.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(hearing('MESSAGE', message(messagePorts(deadline, readStageFile()))));
