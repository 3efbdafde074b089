import { recordingPorts } from './live.ts';
import { invocationDeadline } from './live-deadline.ts';
import { disconnect } from './routes/disconnect.ts';

const deadline = invocationDeadline();
export const handler = deadline.of(disconnect(recordingPorts(deadline)));
