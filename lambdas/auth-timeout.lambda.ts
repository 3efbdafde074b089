import { closingPorts } from './live.ts';
import { settleDueMessages } from './routes/auth-timeout.ts';

export const handler = settleDueMessages(closingPorts());
