import { hearing } from './apigateway/event-type.ts';
import { connect } from './routes/connect.ts';
import { connectPorts } from './wiring/connect-ports.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
const config = readStageFile();
export const handler = deadline.wrap(hearing('CONNECT', connect(connectPorts(deadline, config), config)));
