import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { environment } from '../lambdas/env.ts';
import { contextOf } from '../lib/cdk-app.ts';
import { prepareDataFolder } from '../local/data-folder.ts';
import { demoOf, demoRestaurant, rival, rivalRestaurant, stranger } from '../local/demo.ts';
import { startGateway } from '../local/gateway.ts';
import { type GivenValues, noValues, readGivenValues, usualValuesFile } from '../local/given-values.ts';
import { probePort } from '../local/loopback.ts';
import { createNarrator } from '../local/narrator.ts';
import { StartError } from '../local/start-error.ts';
import { appAssembly, isOwnApp } from './app-assembly.ts';
import { appFolder } from './app-folder.ts';
import { authenticateLine, printedDevice } from './authenticate-line.ts';
import { called, FailedError, isPackaged, portFrom, readArguments, run, UsageError } from './command.ts';
import type { Console } from './console/endpoints.ts';
import { openConsole } from './console/open.ts';
import { onEnding } from './endings.ts';
import { addressesOf } from './open-addresses.ts';
import { removeGatewayFile, writeGatewayFile } from './gateway-file.ts';
import { leftAloneLine, lookUpLines, unaskedLine } from './app-lines.ts';
import { localConfig, localContext, runningConfig } from './local-config.ts';
import { withLocalIssuer } from './local-issuer.ts';
import { placesOf } from './target.ts';
import { webhookAddress, webhookHeader } from './webhook-address.ts';

const defaultPort = '8787';

const help = `The gateway on this machine: that of the CDK app in this folder, as it would be deployed, with its own DynamoDB, SQS and token
issuer.

  ${called('start [OPTIONS]')}

  --port N    WebSocket port on 127.0.0.1 (default ${defaultPort}; 0 picks a free one). Gateways may run side by side: where
              several do, the other commands ask for --port
  --host A    opens the WebSocket port on an address of this machine, too, or on all of them with 0.0.0.0, for a phone in
              the same network (docs/phone.md). Without TLS; console, token issuer and tables stay on this machine
  --data DIR  keeps tables, queues and the issuer's key for the next start, whatever ends this one but a power failure
              (default: in memory)
${
  isPackaged
    ? ''
    : `  --config F  a stage's configuration, or a part of one, in place of config/local.json, such as examples/fleet/config.json: with
              its events, roles and connection types. Tokens come from this machine's issuer all the same
`
}  -c KEY=VALUE
              context for the app, as cdk has it; may be said several times
  --fresh     synthesizes the app although nothing in its folder has changed: for what it reads elsewhere, the environment too
  --door P    which gateway of the app, by the path of its construct or the beginning of it, where it has several
  --values F  what only a deployment knows and the gateway needs, as JSON (default ${usualValuesFile}, if it is there)
  --webhook U posts each event that leaves for the backend to a URL of this machine, such as http://127.0.0.1:8000/hook,
              as an API destination of EventBridge would; again and again while nobody answers there
  --webhook-header H
              a header of each of these posts, such as "x-maitred-key: secret", as the destination's connection has it
  --verbose   also prints every line the functions log
`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    port: { type: 'string' },
    host: { type: 'string' },
    data: { type: 'string' },
    config: { type: 'string' },
    context: { type: 'string', short: 'c', multiple: true },
    fresh: { type: 'boolean' },
    door: { type: 'string' },
    values: { type: 'string' },
    webhook: { type: 'string' },
    'webhook-header': { type: 'string' },
    verbose: { type: 'boolean' },
  });
  if (positionals.length > 0)
    throw new UsageError(
      `${positionals.join(' ')} is not understood; see --help. Options are said as in ${called('start --port 9000')}`,
    );
  const isOwn = isOwnApp();
  if (isOwn) localConfig(values.config);
  else if (values.config !== undefined)
    throw new UsageError(
      `--config is for maitred's own app; the gateway of ${appFolder()} is configured by its construct`,
    );
  const said = contextOf(values.context ?? []);
  if (said === undefined) throw new UsageError('-c is KEY=VALUE, as in -c stage=dev');
  const context = { ...(isOwn && localContext(values.config)), ...said };
  const given = valuesOf(values.values);
  const port = portFrom(values.port ?? defaultPort);
  const openOn = values.host === undefined ? [] : addressesOf(values.host, networkInterfaces());
  const webhook = values.webhook === undefined ? undefined : webhookAddress(values.webhook);
  const webhookHeaders = values['webhook-header'] === undefined ? {} : webhookHeader(values['webhook-header']);
  if (webhook === undefined && values['webhook-header'] !== undefined)
    throw new UsageError('--webhook-header is for the posts of --webhook');
  const startedMs = performance.now();
  const narrate = createNarrator((line) => console.log(line));
  const dataDir = values.data === undefined ? undefined : resolve(values.data);
  // Known at once, where synthesis may take seconds.
  if (dataDir !== undefined) prepareDataFolder(dataDir);
  await probePort(port);

  const { dir: assemblyDir, missing } = await appAssembly({
    context,
    fresh: values.fresh === true,
    dataDir,
    onMaking: () => console.log('Synthesizing the app …'),
    onWaiting: (command) => console.log(`Still waiting for "${command}", which synthesizes it …`),
  });
  for (const line of lookUpLines(missing)) console.log(line);
  let answer: Console = () => false;
  const gateway = await startGateway({
    http: (request, response) => answer(request, response),
    assemblyDir,
    ...(values.door === undefined ? {} : { door: values.door }),
    given,
    configure: withLocalIssuer,
    withoutVariables: [environment.issuers],
    port,
    openOn,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(webhook === undefined ? {} : { webhook, webhookHeaders }),
    onEvent: (event) => {
      if (values.verbose === true && event.type === 'log') console.log(`    ${event.functionName}: ${event.line}`);
      narrate(event);
    },
  }).catch((error: unknown) => {
    throw isAboutDoors(error) ? new UsageError(error.message) : error;
  });
  let config: FunctionConfig;
  try {
    const { stageFile } = gateway;
    if (stageFile === undefined) throw new FailedError('The functions have no configuration beside their code.');
    config = runningConfig(stageFile);
    answer = await openConsole(gateway, config, (error) => console.error('console:', error));
    writeGatewayFile({
      pid: process.pid,
      url: gateway.url,
      issuerUrl: gateway.issuerUrl,
      stageFile,
      ...(values.config === undefined ? {} : { config: resolve(values.config) }),
      ...placesOf(gateway),
    });
  } catch (error) {
    await gateway.close();
    throw error;
  }
  const stop = async (): Promise<void> => {
    removeGatewayFile({ pid: process.pid, url: gateway.url });
    await gateway.close();
    process.exit(0);
  };
  onEnding(() => void stop());

  const printed = printedDevice(config);
  console.log(`
maitred is open (${((performance.now() - startedMs) / 1000).toFixed(1)} s)

  console       ${new URL('/', gateway.issuerUrl)}
  WebSocket     ${gateway.url}${gateway.openUrls.map((url) => `\n                ${url}`).join('')}
  token issuer  ${gateway.issuerUrl}${webhook === undefined ? '' : `\n  webhook       ${webhook}`}
  demo users    ${demoOf(config.demoUsers).members.join(', ') || 'nobody'} of restaurant ${demoRestaurant};
                ${stranger}, a member of nothing; ${rival}, of ${rivalRestaurant}

In another terminal:

  npx wscat -c ${gateway.url}

and within 5 seconds paste this line, which is the ${printed.user} at a ${printed.connectionType} display:

${authenticateLine({ ...printed, token: await gateway.token(printed.user) })}

${leftAloneLine(gateway.leftAlone)}${unaskedLine(given)}Ctrl-C ends it.
`);
  if (gateway.openUrls.length > 0)
    console.log(`WARNING: sockets are open on ${openOn.join(', ')}, to everybody in that network, and without TLS: what is said there,
tokens too, can be read on the way. Nobody gets in without a token, and only this machine gives them out: "${called('token')}"
prints one to paste into the phone (docs/phone.md).
`);
});

function isAboutDoors(error: unknown): error is StartError {
  return error instanceof StartError && (error.code === 'DOOR_UNCLEAR' || error.code === 'DOOR_UNKNOWN');
}

/** A file that is named must be there. */
function valuesOf(file: string | undefined): GivenValues {
  if (file !== undefined) return readGivenValues(resolve(file), file);
  const usual = join(appFolder(), usualValuesFile);
  return existsSync(usual) ? readGivenValues(usual, usualValuesFile) : noValues;
}
