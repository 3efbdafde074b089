import { countFrom, environment, listFrom } from './env.ts';
import { recordingPorts } from './live.ts';
import { invocationDeadline } from './live-deadline.ts';
import { connect } from './routes/connect.ts';

const deadline = invocationDeadline();
export const handler = deadline.of(
  connect(recordingPorts(deadline), {
    authTimeoutSeconds: countFrom(process.env, environment.authTimeoutSeconds),
    allowedOrigins: listFrom(process.env, environment.allowedOrigins).map(String),
  }),
);
