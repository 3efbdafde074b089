import type { Stack } from './assembly.ts';
import { type GivenValues, noValues } from './given-values.ts';
import { accountId, isNamedHere, nameProperty, namesOf } from './names.ts';
import { isRecord } from './record.ts';
import { TemplateError } from './start-error.ts';

/** Where a value stands: errors name it. */
export type Place = { readonly stack: Stack; readonly resource: string; readonly path: string };

/** Works out a template value. Throws `TemplateError` when it cannot. */
export type Resolve = (value: unknown, place: Place) => unknown;

/** The region of stacks that name none. */
export const defaultRegion = 'us-east-1';

/**
 * Resolves the intrinsic functions of a set of stacks as CloudFormation would, the pseudo parameters, parameters of SSM that the app
 * makes itself, and what somebody gives for all else that only a deployment knows. Only what is asked for is looked at, so a template
 * may hold anything besides.
 *
 * @param stacks what `Fn::ImportValue` may reach
 * @param awsEndpoint base URL of queue URLs
 */
export const createResolver = (
  stacks: readonly Stack[],
  awsEndpoint: string,
  given: GivenValues = noValues,
): Resolve => {
  const resolve: Resolve = (value, place) => {
    if (typeof value === 'string') return literal(value, place);
    if (Array.isArray(value)) return value.map((item, i) => resolve(item, at(place, `${i}`))).filter(isPresent);
    if (!isRecord(value)) return value;
    const [only, ...others] = Object.entries(value);
    if (only !== undefined && others.length === 0 && isIntrinsic(only[0])) return call(only[0], only[1], place);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, resolve(item, at(place, key))] as const)
        .filter(([, item]) => isPresent(item)),
    );
  };

  const call = (name: string, argument: unknown, place: Place): unknown => {
    const inside = at(place, name);
    switch (name) {
      case 'Ref':
        return ref(text(argument, inside), inside);
      case 'Fn::GetAtt':
        return attribute(argument, inside);
      case 'Fn::Join': {
        const [separator, items] = pair(argument, inside);
        return texts(resolve(items, inside), inside).join(text(separator, inside));
      }
      case 'Fn::Split': {
        const [separator, source] = pair(argument, inside);
        return text(resolve(source, inside), inside).split(text(separator, inside));
      }
      case 'Fn::Select': {
        const [index, items] = pair(argument, inside);
        const chosen = list(resolve(items, inside), inside)[Number(index)];
        if (chosen === undefined) throw problem(inside, `selects item ${String(index)} of a shorter list`);
        return chosen;
      }
      case 'Fn::Sub':
        return substitute(argument, inside);
      case 'Fn::ImportValue':
        return imported(text(resolve(argument, inside), inside), inside);
      case 'Fn::GetStackOutput':
        return outputOf(resolve(argument, inside), inside);
      case 'Fn::GetAZs': {
        const region = text(resolve(argument, inside), inside) || (place.stack.region ?? defaultRegion);
        return ['a', 'b', 'c'].map((zone) => region + zone);
      }
      case 'Fn::FindInMap': {
        const [map = '', ...keys] = texts(resolve(argument, inside), inside);
        const [first = '', second = ''] = keys;
        const found = place.stack.mappings[map]?.[first]?.[second];
        if (found === undefined) throw problem(inside, `finds nothing in ${map}, ${first}, ${second}`);
        return found;
      }
      case 'Fn::Base64':
        return Buffer.from(text(resolve(argument, inside), inside)).toString('base64');
      case 'Fn::If': {
        const [condition, yes, no] = list(argument, inside);
        return resolve(holds({ Condition: condition }, inside) ? yes : no, inside);
      }
      default:
        throw problem(place, `uses ${name}, which the local gateway does not resolve`);
    }
  };

  const holds = (condition: unknown, place: Place): boolean => {
    if (!isRecord(condition)) throw problem(place, 'names a condition that is not in the template');
    const [[name, argument] = ['', undefined]] = Object.entries(condition);
    const inside = at(place, name);
    const all = (): readonly unknown[] => list(argument, inside);
    switch (name) {
      case 'Condition':
        return holds(place.stack.conditions[text(argument, inside)], inside);
      case 'Fn::Equals':
        return new Set(texts(resolve(argument, inside), inside)).size === 1;
      case 'Fn::Not':
        return !all().some((one) => holds(one, inside));
      case 'Fn::And':
        return all().every((one) => holds(one, inside));
      case 'Fn::Or':
        return all().some((one) => holds(one, inside));
      default:
        throw problem(place, `uses ${name}, which the local gateway does not resolve`);
    }
  };

  const ref = (id: string, place: Place): unknown => {
    const { stack } = place;
    const pseudo = pseudoParameter(id, stack);
    if (pseudo !== undefined) return pseudo.value;
    const resource = stack.resources[id];
    if (resource !== undefined)
      return named(id, place)?.ref ?? demanded(id, `refers to ${id}, a ${resource.Type}`, place);
    const parameter = stack.parameters[id];
    if (parameter === undefined) throw problem(place, `refers to ${id}, which is not in the template`);
    const its = given.find(id, stack);
    if (its !== undefined) return its;
    if (parameter.Type?.startsWith('AWS::SSM::Parameter::Value') === true)
      return parameterOfSsm(text(parameter.Default, place), `refers to the parameter ${id}`, place);
    return parameter.Default ?? demanded(id, `refers to the parameter ${id}`, place);
  };

  const attribute = (argument: unknown, place: Place): unknown => {
    const [id, name] = typeof argument === 'string' ? splitOnce(argument) : pair(argument, place);
    const logicalId = text(id, place);
    const whole = `${logicalId}.${text(name, place)}`;
    const type = place.stack.resources[logicalId]?.Type;
    return (
      named(logicalId, place)?.attributes[text(name, place)] ??
      demanded(whole, `asks for ${whole}, of a ${type}`, place)
    );
  };

  /** What only a deployment knows, as somebody gives it. */
  const demanded = (key: string, what: string, place: Place): unknown => {
    const value = given.find(key, place.stack);
    if (value !== undefined) return value;
    throw problem(place, `${what}, which does not exist locally: ${given.advice(key)}`);
  };

  /** One that the app makes has the value that it is made with. */
  const parameterOfSsm = (name: string, what: string, place: Place): unknown => {
    const value = given.find(name, place.stack);
    if (value !== undefined) return value;
    for (const stack of stacks)
      for (const [logicalId, { Type, Properties }] of Object.entries(stack.resources))
        if (Type === 'AWS::SSM::Parameter' && Properties['Name'] === name)
          return resolve(Properties['Value'], { stack, resource: logicalId, path: 'Properties.Value' });
    return demanded(name, `${what}, SSM's parameter ${name}`, place);
  };

  /** Secrets and parameters that CloudFormation would fetch while it deploys. */
  const literal = (value: string, place: Place): string =>
    value.replace(/\{\{resolve:([^}]+)\}\}/g, (whole, reference: string) => {
      const [service, name = ''] = reference.split(':');
      const what = 'has a dynamic reference';
      return text(service === 'ssm' ? parameterOfSsm(name, what, place) : demanded(whole, what, place), place);
    });

  const named = (logicalId: string, place: Place) => {
    const { stack } = place;
    const resource = stack.resources[logicalId];
    if (resource === undefined) throw problem(place, `refers to ${logicalId}, which is not in the template`);
    if (!isNamedHere(resource.Type)) return undefined;
    const property = nameProperty[resource.Type];
    const inside = { stack, resource: logicalId, path: `Properties.${property}` };
    const name = property === undefined ? undefined : resolve(resource.Properties[property], inside);
    return namesOf({
      stack: stack.name,
      region: stack.region ?? defaultRegion,
      logicalId,
      type: resource.Type,
      givenName: name === undefined ? undefined : text(name, inside),
      awsEndpoint,
      fifo: resource.Properties['FifoQueue'] === true,
      hasStream: resource.Properties['StreamSpecification'] !== undefined,
    });
  };

  const substitute = (argument: unknown, place: Place): string => {
    const [pattern, own] = typeof argument === 'string' ? [argument, {}] : pair(argument, place);
    const values = resolve(own, place);
    return text(pattern, place).replace(/\$\{(!?)([^}]+)\}/g, (whole, escaped: string, name: string) => {
      if (escaped !== '') return whole.replace('!', '');
      if (isRecord(values) && Object.hasOwn(values, name)) return text(values[name], place);
      return text(name.includes('.') ? attribute(name, place) : ref(name, place), place);
    });
  };

  const outputOf = (argument: unknown, place: Place): unknown => {
    const { StackName, OutputName } = isRecord(argument) ? argument : {};
    const stack = stacks.find(({ name }) => name === StackName);
    const output = stack?.outputs[String(OutputName)];
    if (stack === undefined || output === undefined) {
      const what = `asks for output ${String(OutputName)} of ${String(StackName)}`;
      return demanded(`${String(StackName)}.${String(OutputName)}`, what, place);
    }
    return resolve(output.Value, { stack, resource: String(OutputName), path: 'Value' });
  };

  const imported = (name: string, place: Place): unknown => {
    for (const stack of stacks)
      for (const [id, output] of Object.entries(stack.outputs)) {
        const inside = { stack, resource: id, path: 'Value' };
        if (output.Export !== undefined && resolve(output.Export.Name, { ...inside, path: 'Export' }) === name)
          return resolve(output.Value, inside);
      }
    return demanded(name, `imports ${name}`, place);
  };

  return resolve;
};

const intrinsicName = /^(Ref|Condition|Fn::\w+)$/;
const isIntrinsic = (key: string): boolean => intrinsicName.test(key);
const isPresent = (value: unknown): boolean => value !== undefined;

/** `AWS::NoValue` is known and has no value: the property is as if it were not there. */
const pseudoParameter = (id: string, stack: Stack): { readonly value: string | undefined } | undefined => {
  switch (id) {
    case 'AWS::AccountId':
      return { value: accountId };
    case 'AWS::Region':
      return { value: stack.region ?? defaultRegion };
    case 'AWS::Partition':
      return { value: 'aws' };
    case 'AWS::URLSuffix':
      return { value: 'amazonaws.com' };
    case 'AWS::StackName':
      return { value: stack.name };
    case 'AWS::StackId':
      return {
        value: `arn:aws:cloudformation:${stack.region ?? defaultRegion}:${accountId}:stack/${stack.name}/local`,
      };
    case 'AWS::NoValue':
      return { value: undefined };
    default:
      return undefined;
  }
};

const problem = (place: Place, what: string): TemplateError =>
  new TemplateError({ stack: place.stack.name, resource: place.resource, path: place.path }, what);

const at = (place: Place, key: string): Place => ({ ...place, path: `${place.path}.${key}` });

const text = (value: unknown, place: Place): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw problem(place, `is ${typeof value}, expected text`);
};

const list = (value: unknown, place: Place): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw problem(place, `is ${typeof value}, expected a list`);
};

const texts = (value: unknown, place: Place): readonly string[] => list(value, place).map((item) => text(item, place));

const pair = (value: unknown, place: Place): readonly [unknown, unknown] => {
  const items = list(value, place);
  if (items.length !== 2) throw problem(place, `has ${items.length} arguments, expected 2`);
  return [items[0], items[1]];
};

const splitOnce = (value: string): readonly [string, string] => {
  const dot = value.indexOf('.');
  return [value.slice(0, dot), value.slice(dot + 1)];
};
