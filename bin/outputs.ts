import { type Column, printHeadings, rowOf } from './columns.ts';
import { FailedError, readArguments, run, UsageError } from './command.ts';
import { outputsOf, stackOf, stackParts } from './target.ts';

const help = `What of a deployed stage people and their apps need to know: addresses, names, the user pool.

  npm run outputs -- --stage S

  "cdk deploy" prints these, too, among the many by which the stage's stacks know each other.
`;

const columns: readonly Column[] = [
  ['OUTPUT', 20],
  ['VALUE', 60],
  ['WHAT IT IS', 0],
];

await run(async () => {
  const { values, positionals } = readArguments(help, { stage: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const { stage } = values;
  if (stage === undefined) throw new UsageError('--stage is missing; see --help');
  const all = [];
  for (const part of stackParts) all.push(...(await outputsOf(stackOf(stage, part))));
  const forPeople = all.filter(({ Description }) => Description !== undefined);
  if (forPeople.length === 0)
    throw new FailedError(
      `The stage ${stage} was deployed by a release that does not say what its outputs are: deploy it anew.`,
    );
  printHeadings(columns);
  for (const { OutputKey = '', OutputValue = '', Description = '' } of forPeople)
    console.log(rowOf(columns, [OutputKey, OutputValue, Description]));
});
