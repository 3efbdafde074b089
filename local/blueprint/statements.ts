import * as v from 'valibot';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';

/** One statement of a policy: patterns of actions and of resources, each with `*` and `?` as IAM has them. */
export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/** What the policies of the template say about a set of functions. */
export type Statements = {
  /** Those of the function's role, by function name. */
  readonly ofFunctions: ReadonlyMap<string, readonly Statement[]>;
  /** Those that queues have for everybody. */
  readonly ofQueues: readonly Statement[];
};

const texts = v.pipe(
  v.union([v.string(), v.array(v.string())], 'is neither text nor a list of texts'),
  v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value)),
);
const common = { Sid: v.optional(v.string()), Effect: v.picklist(['Allow', 'Deny']), Action: texts, Resource: texts };
// Strict: an element that is overlooked, such as a condition, would allow more here than where it is deployed.
const document = v.object({ Statement: v.array(v.strictObject(common)) });
const policyProperties = v.object({ PolicyDocument: document });
const inlinePolicies = { Policies: v.optional(v.array(policyProperties), []) };

/** Policies that AWS keeps, about nothing that there is here. */
const ofAws = ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'].map(
  (name) => `arn:aws:iam::aws:policy/service-role/${name}`,
);
/** A permissions boundary takes away and gives nothing: it is not looked at. */
const roleProperties = v.object({ ...inlinePolicies, ManagedPolicyArns: v.optional(v.array(v.string()), []) });

/** The one condition that is known here: a deployed function always calls through TLS, so that it never holds. */
const isWithoutTls = v.strictObject({ Bool: v.strictObject({ 'aws:SecureTransport': v.literal('false') }) });
const everybody = v.union([v.literal('*'), v.strictObject({ AWS: v.literal('*') })], 'is not everybody');

const queuePolicyProperties = v.object({
  PolicyDocument: v.object({
    Statement: v.array(
      v.variant('Effect', [
        v.strictObject({
          ...common,
          Effect: v.literal('Deny'),
          Principal: everybody,
          Condition: v.optional(isWithoutTls),
        }),
        // For other services to send to; no function is one.
        v.strictObject({
          ...common,
          Effect: v.literal('Allow'),
          Principal: v.strictObject({ Service: texts }),
          Condition: v.optional(v.unknown()),
        }),
      ]),
    ),
  }),
});

/**
 * The policies of the functions' roles, inline and attached, and those of the queues. Throws `TemplateError` that names
 * the element for whatever is not enforced here: conditions, `NotAction`, policies that AWS keeps.
 */
export const readStatements = (template: Template, functionNames: ReadonlySet<string>): Statements => ({
  ofFunctions: new Map(
    template
      .find(['AWS::Lambda::Function'], v.object({}))
      .filter(({ ref }) => functionNames.has(ref))
      .map((lambda) => {
        const roleArn = lambda.read(v.object({ Role: v.string() })).properties.Role;
        return [lambda.ref, statementsOfRole(template, roleArn)];
      }),
  ),
  ofQueues: template
    .find(['AWS::SQS::QueuePolicy'], queuePolicyProperties)
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter((statement) => statement.Effect === 'Deny' && statement.Condition === undefined)
    .map(statementOf),
});

const statementsOfRole = (template: Template, roleArn: string): readonly Statement[] => {
  const role = template.find(['AWS::IAM::Role'], v.object({})).find(({ attribute }) => attribute('Arn') === roleArn);
  if (role === undefined)
    throw new StartError('TEMPLATE_UNRESOLVED', `a function has the role ${roleArn}, which is not in the app.`);
  const roles = v.object({ Roles: v.optional(v.array(v.string()), []) });
  const { properties, problem } = role.read(roleProperties);
  const managed = template.find(['AWS::IAM::ManagedPolicy'], roles);
  const unknown = properties.ManagedPolicyArns.find(
    (arn) => !ofAws.includes(arn) && !managed.some(({ ref }) => ref === arn),
  );
  if (unknown !== undefined) throw problem('ManagedPolicyArns', `has ${unknown}, which is not known locally`);
  const attached = [
    ...template.find(['AWS::IAM::Policy'], roles).filter((policy) => policy.properties.Roles.includes(role.ref)),
    ...managed.filter(
      (policy) =>
        policy.properties.Roles.includes(role.ref) || properties.ManagedPolicyArns.some((arn) => arn === policy.ref),
    ),
  ].map((policy) => policy.read(policyProperties).properties);
  return [...properties.Policies, ...attached].flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.map(statementOf),
  );
};

const statementOf = ({ Effect, Action, Resource }: v.InferOutput<typeof document>['Statement'][number]): Statement => ({
  effect: Effect,
  actions: Action,
  resources: Resource,
});
