import { called, readArguments, run, UsageError } from './command.ts';
import { runningGateway } from './gateway-file.ts';

const help = `Prints the address of the console of the gateway on this machine, to be opened in a browser.

  ${called('console')}

  --port N   of the gateway that has this port; needed where several run
`;

await run(async () => {
  const { values, positionals } = readArguments(help, { port: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const { issuerUrl } = await runningGateway(values.port);
  console.log(new URL('/', issuerUrl).href);
});
