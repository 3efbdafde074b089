// The smallest app, as an ES module: a gateway with users of its own.
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Maitred } from 'maitred';

const app = new App({ outdir: process.env.OUT });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
new Maitred(new Stack(app, 'Shop'), 'Door');
app.synth();
