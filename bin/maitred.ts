#!/usr/bin/env node
/** The one program that whoever installs the package has: `maitred COMMAND`. What it loads before a command, an old Node can read, too. */
import packageJson from '../package.json' with { type: 'json' };
import { called, FailedError, run, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { nearestTo } from './nearest.ts';
import { isOlder } from './node-version.ts';

const { version, engines } = packageJson;
const names = Object.keys(commands);
const width = Math.max(...names.map(({ length }) => length));

const help = `maitred ${version}: a gateway for restaurant devices, on this machine and as it is deployed.

  ${called('COMMAND [OPTIONS]')}

${Object.entries(commands)
  .map(([name, { line }]) => `  ${name.padEnd(width)}  ${line}\n`)
  .join('')}
What a command takes it says with --help.
`;

await run(async () => {
  const least = engines.node.replace('>=', '');
  if (isOlder(process.versions.node, least))
    throw new FailedError(
      `The commands need Node ${least} or newer, and this is ${process.versions.node}; the constructs need no more than the CDK.`,
    );
  const [name = '--help'] = process.argv.slice(2);
  if (name === '--help' || name === '-h' || name === 'help') return void process.stdout.write(help);
  if (name === '--version' || name === '-v') return void process.stdout.write(`${version}\n`);
  if (!isCommand(name)) {
    const nearest = nearestTo(name, names);
    const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    throw new UsageError(`There is no command ${name}${meant || `: they are ${names.join(', ')}.`}`);
  }
  if (name === 'start') (await import('./gateway-process.ts')).restartAsGateway();
  // A command reads what follows its name.
  process.argv.splice(2, 1);
  await commands[name].load();
});

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}
