// An app in CommonJS, its gateway with the configuration of the tests' stage.
const { App, Stack, Validations } = require('aws-cdk-lib');
const { AwsSolutionsChecks, ServerlessChecks } = require('cdk-nag');
const { Issuer, Maitred } = require('maitred');
const { issuers, ...settings } = require('./test.json');

const app = new App({ outdir: process.env.OUT });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
new Maitred(new Stack(app, 'Shop'), 'Door', { ...settings, issuers: issuers.map(Issuer.oidc) });
app.synth();
