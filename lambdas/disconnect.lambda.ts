import { recordingPorts } from './live.ts';
import { disconnect } from './routes/disconnect.ts';

export const handler = disconnect(recordingPorts());
