import { authenticationPorts } from './live-authentication.ts';
import { invocationDeadline } from './live-deadline.ts';
import { authenticate } from './routes/authenticate.ts';

const deadline = invocationDeadline();
export const handler = deadline.of(authenticate(authenticationPorts(deadline)));
