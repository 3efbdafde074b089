/** The commands, in the order in which people meet them: what each is for, and its file, which runs when it is loaded. */
export const commands = {
  start: { line: 'the gateway of the app in this folder, on this machine', load: () => import('./start.ts') },
  token: { line: 'a token for a demo user of the gateway on this machine', load: () => import('./token.ts') },
  console: { line: 'where the console of the gateway on this machine is', load: () => import('./console.ts') },
  members: { line: 'who may enter a restaurant', load: () => import('./members.ts') },
  sessions: { line: 'who is connected, and the end of their sessions', load: () => import('./sessions.ts') },
  publish: { line: 'an event for everybody who is connected', load: () => import('./publish.ts') },
  audit: { line: 'who entered, and who was refused', load: () => import('./audit.ts') },
  addresses: { line: 'addresses that are blocked', load: () => import('./addresses.ts') },
  restaurants: { line: 'a restaurant as a whole: its end, its new beginning', load: () => import('./restaurants.ts') },
  deadletters: { line: 'what was published and put aside', load: () => import('./deadletters.ts') },
  outbox: { line: 'what the backend did not get', load: () => import('./outbox.ts') },
  smoke: {
    line: 'talks to a gateway as its clients do, and says what is not as it should be',
    load: () => import('./smoke.ts'),
  },
  issuer: { line: 'whether a gateway can use an issuer of tokens', load: () => import('./issuer.ts') },
  cost: { line: 'what a month costs, with your numbers', load: () => import('./cost.ts') },
  outputs: { line: 'what people need to know of what is deployed', load: () => import('./outputs.ts') },
  trace: { line: 'stack traces of the functions, with the places in the sources', load: () => import('./trace.ts') },
  types: { line: "TypeScript declarations of a gateway's events, for the SDK", load: () => import('./types.ts') },
  asyncapi: { line: "a gateway's protocol as an AsyncAPI document", load: () => import('./asyncapi.ts') },
} as const satisfies Readonly<Record<string, Readonly<{ line: string; load: () => Promise<unknown> }>>>;
