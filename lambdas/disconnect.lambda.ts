import { hearing } from './apigateway/event-type.ts';
import { disconnect } from './routes/disconnect.ts';
import { recordingPorts } from './wiring/aws-ports.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(hearing('DISCONNECT', disconnect(recordingPorts(deadline, readStageFile()))));
