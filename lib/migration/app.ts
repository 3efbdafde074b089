/** A CDK app of its own, so that it comes and goes without the gateway: `docs/migration.md` says how it is deployed. */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { OldAddress } from './old-address.ts';

const app = new App();
const [stage, host] = ['stage', 'host'].map((name) => String(app.node.getContext(name)));
const stack = new Stack(app, `maitred-${stage}-old-address`);
const old = new OldAddress(stack, 'OldAddress', { stage: String(stage), host: String(host) });
new CfnOutput(stack, 'OldAppsConnectTo', { value: `wss://${old.domainName}` });
app.synth();
