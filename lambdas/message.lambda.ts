import { closingPorts } from './live.ts';
import { message } from './routes/message.ts';

export const handler = message(closingPorts());
