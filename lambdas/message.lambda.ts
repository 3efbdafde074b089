import { messagePorts } from './live-message.ts';
import { message } from './routes/message.ts';

export const handler = message(messagePorts());
