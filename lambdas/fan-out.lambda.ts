import { fanOut } from './routes/fan-out.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { fanOutPorts } from './wiring/fan-out-ports.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(fanOut(fanOutPorts(deadline, readStageFile())));
