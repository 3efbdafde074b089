import { fanOutPorts } from './live-fan-out.ts';
import { fanOut } from './routes/fan-out.ts';

export const handler = fanOut(fanOutPorts());
