import { hearing } from './apigateway/event-type.ts';
import { authenticate } from './routes/authenticate.ts';
import { authenticationPorts } from './wiring/authentication-ports.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(hearing('MESSAGE', authenticate(authenticationPorts(deadline, readStageFile()))));
