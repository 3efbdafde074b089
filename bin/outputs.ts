import { type Column, printHeadings, rowOf } from './columns.ts';
import { stackOf, stacksAsked, targetOptions } from './asked-gateway.ts';
import { called, FailedError, isPackaged, readArguments, run, UsageError } from './command.ts';
import { outputsOf } from './target.ts';

const help = `What people and their apps need to know of what is deployed: addresses, names, the user pool.

${isPackaged ? '' : `  ${called('outputs --stage S')}\n`}  ${called('outputs --stack NAME [--stack NAME]')}

  "cdk deploy" prints these, too, among the many by which stacks know each other.
`;

const columns: readonly Column[] = [
  ['OUTPUT', 20],
  ['VALUE', 60],
  ['WHAT IT IS', 0],
];

await run(async () => {
  const { values, positionals } = readArguments(help, { stage: targetOptions.stage, stack: targetOptions.stack });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const stacks = stacksAsked(values);
  if (stacks === undefined) throw new UsageError(`${isPackaged ? '--stack' : '--stage'} is missing; see --help`);
  const all = [];
  for (const stack of values.stage === undefined ? stacks : [...stacks, stackOf(values.stage, 'monitoring')])
    all.push(...(await outputsOf(stack)));
  const forPeople = all.filter(({ description }) => description !== undefined);
  if (forPeople.length === 0)
    throw new FailedError(
      values.stage === undefined
        ? `${stacks.join(', ')} says of no output what it is: name the stacks that the gateway stands in.`
        : `The stage ${values.stage} was deployed by a release that does not say what its outputs are: deploy it anew.`,
    );
  printHeadings(columns);
  for (const { id, value, description = '' } of forPeople) console.log(rowOf(columns, [id, value, description]));
});
