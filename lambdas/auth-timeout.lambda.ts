import { settleDueMessages } from './routes/auth-timeout.ts';
import { closingPorts } from './wiring/aws-ports.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { readStageFile } from './wiring/stage-file.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(settleDueMessages(closingPorts(deadline, readStageFile())));
