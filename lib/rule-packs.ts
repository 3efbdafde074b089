import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/**
 * Checks every resource of the app against the packs "AWS Solutions" and "Serverless" when it is synthesized. A finding,
 * warnings included, fails the synthesis unless the very resource acknowledges it with a reason.
 */
export const addRulePacks = (app: App): void =>
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
