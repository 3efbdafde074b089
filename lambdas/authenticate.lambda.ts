import { authenticationPorts } from './live-authentication.ts';
import { authenticate } from './routes/authenticate.ts';

export const handler = authenticate(authenticationPorts());
