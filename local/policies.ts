/** Policies as the template has them, as far as anybody here decides by them. */
import { isRecord } from './record.ts';

/** The services that there are on this machine, and those whose grants are shown as unused or looked at by nobody. */
const services = ['dynamodb', 'events', 'execute-api', 'logs', 'sqs'];

/**
 * The properties of a role, policy or queue policy without the statements that are about other services alone: their resources, such as a
 * key of KMS, need not be there, and their conditions not be understood.
 */
export const withoutForeignStatements = (
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const { PolicyDocument, Policies } = properties;
  return {
    ...properties,
    ...(PolicyDocument !== undefined && { PolicyDocument: ofServicesHere(PolicyDocument) }),
    ...(Array.isArray(Policies) && {
      Policies: Policies.map((policy) => (isRecord(policy) ? withoutForeignStatements(policy) : policy)),
    }),
  };
};

const ofServicesHere = (document: unknown): unknown => {
  if (!isRecord(document)) return document;
  const { Statement, ...rest } = document;
  const statements: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return { ...rest, Statement: statements.filter(isAboutServiceHere) };
};

/** What cannot be told, such as `NotAction`, is kept, and refused by whoever reads it. */
const isAboutServiceHere = (statement: unknown): boolean => {
  if (!isRecord(statement) || statement['Action'] === undefined) return true;
  const { Action } = statement;
  const actions: readonly unknown[] = Array.isArray(Action) ? Action : [Action];
  return actions.some((action) => {
    const [service = '', name] = String(action).split(':');
    return name === undefined || services.some((one) => isMatch(service, one));
  });
};

/** A pattern may stand in the name of a service. */
const isMatch = (pattern: string, service: string): boolean =>
  /[*?]/.test(pattern) || pattern.toLowerCase() === service;
