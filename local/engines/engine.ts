/** An answer in the JSON protocol of AWS. */
export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export type Input = Readonly<Record<string, unknown>>;

/** An embedded service: takes the actions of AWS's JSON protocol without going through a socket. */
export type Engine = {
  /** Never rejects: what the service did not expect is a 500. */
  readonly call: (action: string, input: Input) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

/** An error in the form the SDKs read. */
export const refusal = (status: number, type: string, message: string): Answer => ({
  status,
  body: { __type: type, message },
});

/** The same call for code that takes a refusal as a defect. */
export const mustCall = async (engine: Engine, action: string, input: Input): Promise<Answer['body']> => {
  const { status, body } = await engine.call(action, input);
  if (status >= 400) throw new Error(`${action} was refused with ${status}: ${JSON.stringify(body)}`);
  return body;
};
