import { invocationDeadline } from './wiring/deadline.ts';
import { fanOutPorts } from './wiring/fan-out-ports.ts';
import { fanOut } from './routes/fan-out.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(fanOut(fanOutPorts(deadline)));
