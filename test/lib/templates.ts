/** The stacks of a stage as templates, and what a reader of templates asks. */
import { readFileSync, rmSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { type EntryName, entryNames, optionalEntries } from '../../lib/entries.ts';
import { addStageStacks, type StageStacks } from '../../lib/stage-stacks.ts';

const context = JSON.parse(readFileSync('cdk.json', 'utf8')).context;

const idOf = (entry: EntryName): string => entry.replace(/(?:^|-)(.)/g, (_, first: string) => first.toUpperCase());

/** The functions of every stage as the stack names them, in its order, and those that a configuration asks for. */
export const functionIds = entryNames.filter((entry) => !optionalEntries.some((one) => one === entry)).map(idOf);
export const optionalFunctionIds = optionalEntries.map(idOf);

export type Stacks = StageStacks & Readonly<{ app: App }>;

/** The stacks of a stage under a configuration, before they are templates. Nothing is bundled. */
export const stacks = (config: object = {}, stage = 'test'): Stacks => {
  const app = new App({ context });
  const parsed = parseConfig(StageConfig, `config/${stage}.json`, JSON.stringify(config));
  return { app, ...addStageStacks(app, { stage, config: parsed, code: () => () => Code.fromInline('// none') }) };
};

export type Templates = Readonly<{ state: Template; gateway: Template; monitoring: Template }>;

export const templatesOf = ({ app, state, gateway, monitoring }: Stacks): Templates => {
  const made = {
    state: Template.fromStack(Stack.of(state)),
    gateway: Template.fromStack(Stack.of(gateway)),
    monitoring: Template.fromStack(Stack.of(monitoring)),
  };
  rmSync(app.outdir, { recursive: true });
  return made;
};

export const templates = (config: object = {}, stage?: string): Templates => templatesOf(stacks(config, stage));

/** A resource's logical id without the hash, by which a test names it. */
export const plainId = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** The resources of a type by plain id. */
export const resources = (template: Template, type: string) =>
  Object.fromEntries(Object.entries(template.findResources(type)).map(([id, resource]) => [plainId(id), resource]));

/** A value with intrinsics as text: `<ResourceId>` for a reference of either kind, through the other stack's outputs, too. */
export const textOf = (templates: Templates, value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, argument]] = Object.entries(value) as [[string, never]];
  switch (kind) {
    case 'Ref':
      return `<${plainId(argument)}>`;
    case 'Fn::GetAtt':
      return `<${plainId(argument[0])}>`;
    case 'Fn::Join':
      return (argument[1] as unknown[]).map((part) => textOf(templates, part)).join(argument[0]);
    case 'Fn::GetStackOutput':
      return textOf(templates, outputsOf(templates, argument['StackName'])[argument['OutputName']].Value);
    default:
      throw new Error(`textOf knows no ${kind}`);
  }
};

const outputsOf = (templates: Templates, stackName: string) => {
  const [, which] = /^maitred-test-(state|gateway)$/.exec(stackName) ?? [];
  if (which !== 'state' && which !== 'gateway') throw new Error(`no stack is called ${stackName}`);
  return templates[which].toJSON()['Outputs'];
};
