import { fanOut } from './routes/fan-out.ts';
import { invocationDeadline } from './wiring/deadline.ts';
import { fanOutPorts } from './wiring/fan-out-ports.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(fanOut(fanOutPorts(deadline)));
