/** Why the gateway cannot start; each is the reader's to mend, and none is a defect of the gateway. */
export type StartErrorCode =
  | 'PORT_TAKEN'
  | 'PORT_FORBIDDEN'
  | 'ADDRESS_UNKNOWN'
  | 'DATA_UNWRITABLE'
  | 'DATA_CORRUPT'
  | 'DATA_IN_USE'
  | 'DATA_INCOMPATIBLE'
  | 'ASSEMBLY_UNREADABLE'
  | 'FUNCTION_UNLOADABLE'
  | 'TEMPLATE_UNRESOLVED'
  | 'VALUES_UNREADABLE'
  | 'DOOR_MISSING'
  | 'DOOR_UNCLEAR'
  | 'DOOR_UNKNOWN'
  | 'QUEUE_MISSING';

/** The gateway cannot start. `message` is one sentence that can be shown as it is; `code` says which kind. */
export class StartError extends Error {
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
    this.code = code;
  }
}

/**
 * A value of the template that the gateway needs and cannot work out. `resource` and `path` name the place,
 * such as `TimerQueue` and `Properties.DelaySeconds`.
 */
export class TemplateError extends StartError {
  readonly stackName: string;
  readonly resource: string;
  readonly path: string;

  constructor(place: { stack: string; resource: string; path: string }, problem: string, options?: ErrorOptions) {
    super('TEMPLATE_UNRESOLVED', `${place.resource} in ${place.stack}: ${place.path} ${problem}`, options);
    this.name = 'TemplateError';
    this.stackName = place.stack;
    this.resource = place.resource;
    this.path = place.path;
  }
}
