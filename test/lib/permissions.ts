/** What a template's roles and policies allow. */
import type { Template } from 'aws-cdk-lib/assertions';
import { plainId, resources, type Templates, textOf } from './templates.ts';

type Statement = Readonly<{ Effect: string; Action?: string | string[]; Resource?: unknown; [key: string]: unknown }>;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Every statement of an identity's policies, with the plain id of the role it belongs to. */
const statements = (template: Template): { role: string; statement: Statement }[] => [
  ...Object.values(resources(template, 'AWS::IAM::Policy')).flatMap(({ Properties }) =>
    Properties.Roles.flatMap((role: { Ref: string }) =>
      Properties.PolicyDocument.Statement.map((statement: Statement) => ({ role: plainId(role.Ref), statement })),
    ),
  ),
  ...Object.entries(resources(template, 'AWS::IAM::Role')).flatMap(([role, { Properties }]) =>
    list(Properties.Policies ?? []).flatMap((policy) =>
      (policy as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement.map((statement) => ({
        role,
        statement,
      })),
    ),
  ),
];

/** `action resource` for everything the gateway's function may do, sorted. */
export const allowed = (templates: Templates, functionId: string): string[] => {
  const { Properties } = resources(templates.gateway, 'AWS::Lambda::Function')[`${functionId}Function`] ?? {};
  const role = plainId(Properties.Role['Fn::GetAtt'][0]);
  return statements(templates.gateway)
    .filter((granted) => granted.role === role)
    .flatMap(({ statement }) =>
      list(statement.Action).flatMap((action) =>
        list(statement.Resource).map((resource) => `${action} ${textOf(templates, resource)}`),
      ),
    )
    .sort();
};

const connectionsOfThisStage =
  /^arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<DoorApi>\/test\/(?:POST|DELETE)\/@connections\/\*$/;

/** Whatever allows more than it names. Empty in a good template: the connections of its own stage are the one exception. */
export const tooWide = (templates: Templates): string[] =>
  [templates.state, templates.gateway, templates.monitoring].flatMap((template) => [
    ...statements(template).flatMap(({ role, statement }) => {
      if (statement.Effect !== 'Allow') return [];
      const unnamed = ['NotAction', 'NotResource', 'NotPrincipal'].filter((key) => key in statement);
      const actions = list(statement.Action).filter((action) => /[*?]|:Scan$/.test(String(action)));
      const targets = list(statement.Resource)
        .map((resource) => textOf(templates, resource))
        .filter((resource) => /[*?]/.test(resource) && !connectionsOfThisStage.test(resource));
      return [...unnamed, ...actions, ...targets].map((what) => `${role}: ${what}`);
    }),
    ...Object.entries(resources(template, 'AWS::IAM::Role')).flatMap(([role, { Properties }]) =>
      list(Properties.ManagedPolicyArns ?? []).map((policy) => `${role}: ${textOf(templates, policy)}`),
    ),
    ...Object.entries(resources(template, 'AWS::SQS::QueuePolicy')).flatMap(([id, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(({ Effect }: Statement) => Effect !== 'Deny').map(
        (statement: Statement) => `${id}: ${statement.Action}`,
      ),
    ),
  ]);
