import { invocationDeadline } from './live-deadline.ts';
import { fanOutPorts } from './live-fan-out.ts';
import { fanOut } from './routes/fan-out.ts';

const deadline = invocationDeadline();
export const handler = deadline.of(fanOut(fanOutPorts(deadline)));
