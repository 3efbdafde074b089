import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { vector } from '../vectors.ts';

const files: Readonly<Record<number, string>> = {
  2004: '1.8.0-2004-detection_finding.schema.json',
  3002: '1.8.0-3002-authentication.schema.json',
  3003: '1.8.0-3003-authorize_session.schema.json',
  6003: '1.8.0-6003-api_activity.schema.json',
};
const validators = new Map<unknown, ValidateFunction>();

/** What the published OCSF schema of its class has against an event. */
export const ocsfProblems = (event: Readonly<Record<string, unknown>>): readonly string[] => {
  const { class_uid: classUid, activity_id: activityId, type_uid: typeUid } = event;
  const validate = validatorOf(Number(classUid));
  return [
    ...(validate(event) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)),
    ...(typeUid === Number(classUid) * 100 + Number(activityId) ? [] : ['a type that is not its class and activity']),
  ];
};

const validatorOf = (classUid: number): ValidateFunction => {
  const validate =
    validators.get(classUid) ??
    new Ajv2020({ strict: false, allErrors: true }).compile(vector('ocsf', files[classUid] ?? '') as object);
  validators.set(classUid, validate);
  return validate;
};
