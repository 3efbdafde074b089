import { redeliver } from './routes/redeliver.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { redeliveryPorts } from './wiring/fan-out-ports.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(redeliver(redeliveryPorts(deadline, readStageFile())));
