import { countFrom, environment, listFrom } from './env.ts';
import { recordingPorts } from './live.ts';
import { connect } from './routes/connect.ts';

export const handler = connect(recordingPorts(), {
  authTimeoutSeconds: countFrom(process.env, environment.authTimeoutSeconds),
  allowedOrigins: listFrom(process.env, environment.allowedOrigins).map(String),
});
