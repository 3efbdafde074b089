import { closingPorts } from './live.ts';
import { invocationDeadline } from './live-deadline.ts';
import { settleDueMessages } from './routes/auth-timeout.ts';

const deadline = invocationDeadline();
export const handler = deadline.of(settleDueMessages(closingPorts(deadline)));
