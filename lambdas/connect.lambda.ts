import { countFrom, environment, listFrom } from './env.ts';
import { connect } from './routes/connect.ts';
import { recordingPorts } from './wiring/aws-ports.ts';
import { invocationDeadline } from './wiring/deadline.ts';

const deadline = invocationDeadline();
export const handler = deadline.wrap(
  connect(recordingPorts(deadline), {
    authTimeoutSeconds: countFrom(process.env, environment.authTimeoutSeconds),
    allowedOrigins: listFrom(process.env, environment.allowedOrigins).map(String),
  }),
);
