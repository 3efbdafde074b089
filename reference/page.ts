/** A page of what one entry of a package exports: groups, in each the exports, of each its words, its form and its members. */
import { type Declaration, kinds, type Text, type Type } from './model.ts';
import { linked, type Links, linkTo, tableOf, wordsOf, textOf } from './member-table.ts';
import { signatureText, typeText, unwrapped } from './type-text.ts';

export type Page = Readonly<{
  title: string;
  /** What stands above everything. */
  opening: string;
  /** The headings, and under which of them each export stands, in that order. */
  groups: Readonly<Record<string, readonly string[]>>;
}>;

/**
 * The page. Throws where an export has no group or no words, or a group names none.
 *
 * @param links where each export is told of, those of other pages with their file
 */
export const pageOf = ({ title, opening, groups }: Page, exported: readonly Declaration[], links: Links): string => {
  const byName = new Map(exported.filter(({ kind }) => kind !== kinds.reference).map((one) => [one.name, one]));
  const grouped = Object.values(groups).flat();
  const problems = [
    ...[...byName.keys()].filter((name) => !grouped.includes(name)).map((name) => `${name} is in no group`),
    ...grouped.filter((name) => !byName.has(name)).map((name) => `${name} is in a group, and no export`),
    ...[...byName.values()].filter((one) => wordsOf(one) === '').map(({ name }) => `${name} has no docstring`),
  ];
  if (problems.length > 0) throw new Error(`${title}: ${problems.join('; ')}`);
  const contents = Object.entries(groups).map(
    ([group, members]) => `- ${group}: ${members.map((name) => linkTo(name, links)).join(', ')}`,
  );
  const sections = Object.entries(groups).flatMap(([group, members]) => [
    `## ${group}`,
    ...members.flatMap((name) => byName.get(name) ?? []).flatMap((one) => sectionOf(one, links)),
  ]);
  return `${[`# ${title}`, opening, contents.join('\n'), ...sections].join('\n\n')}\n`;
};

const sectionOf = (one: Declaration, links: Links): readonly string[] => {
  const type = one.type === undefined ? undefined : unwrapped(one.type);
  const code = formOf(one, type);
  return [
    `### ${one.name}`,
    wordsOf(one),
    ...(code.length > 0 ? [`\`\`\`ts\n${code.join('\n')}\n\`\`\``] : []),
    ...inheritanceOf(one, links),
    ...(type === undefined ? [] : partsOf(type, links)),
    ...tableOf((one.children ?? []).filter(isOwn), links),
  ];
};

const isOwn = ({ kind, flags }: Declaration): boolean => kind !== kinds.constructor && flags.isInherited !== true;

/** How it is called or written, where a table of its members does not say that. */
const formOf = (one: Declaration, type: Type | undefined): readonly string[] => {
  const { name, kind, signatures, children, typeParameters = [] } = one;
  if (signatures !== undefined) return signatures.map((signature) => signatureText(name, signature));
  if (kind === kinds.class) {
    const built = children?.find((child) => child.kind === kinds.constructor)?.signatures ?? [];
    return built.map((signature) => signatureText(`new ${name}`, signature));
  }
  if (type === undefined || writtenOut(type).length > 0) return [];
  if (type.type === 'reflection' && (type.declaration.signatures?.length ?? 0) > 1)
    return (type.declaration.signatures ?? []).map((signature) => signatureText(name, signature));
  const generics = typeParameters.map(({ name: generic }) => generic).join(', ');
  const said = `type ${name}${generics === '' ? '' : `<${generics}>`} =`;
  const whole = `${said} ${typeText(type)};`;
  if (type.type !== 'union' || (whole.length <= 100 && !type.elementSummaries)) return [whole];
  return [said, ...type.types.flatMap((member, at) => [...summaryOf(type, at), `  | ${typeText(member)}`])].map(
    (line, at, all) => (at === all.length - 1 ? `${line};` : line),
  );
};

const summaryOf = ({ elementSummaries }: Readonly<{ elementSummaries?: readonly Text[] }>, at: number) => {
  const words = textOf(elementSummaries?.[at] ?? []);
  return words === '' ? [] : [`  // ${words.replace(/\n/g, ' ')}`];
};

const inheritanceOf = ({ extendedTypes = [], children = [] }: Declaration, links: Links): readonly string[] => {
  if (!children.some(({ flags }) => flags.isInherited)) return [];
  const parents = extendedTypes.flatMap(ownNameIn).filter((name) => links.has(name));
  if (parents.length === 0) return [];
  const told = parents.map((name) => linkTo(name, links)).join(', ');
  return [`Has what ${told} ${parents.length > 1 ? 'have' : 'has'}${children.some(isOwn) ? ', and:' : '.'}`];
};

/** What it is a type of, or of what it leaves some out. */
const ownNameIn = (type: Type): readonly string[] => {
  if (type.type !== 'reference') return [];
  const [first] = type.typeArguments ?? [];
  return type.name === 'Omit' && first !== undefined ? ownNameIn(first) : [type.name];
};

/** The members of each object type that is written out in it. */
const writtenOut = (type: Type): readonly (readonly Declaration[])[] => {
  const inner = unwrapped(type);
  if (inner.type === 'reflection') return inner.declaration.children ? [inner.declaration.children] : [];
  return inner.type === 'intersection' ? inner.types.flatMap(writtenOut) : [];
};

/** The tables of a type; of a union of those that have words of their own, each with what tells it from the others. */
const partsOf = (type: Type, links: Links): readonly string[] => {
  if (type.type === 'union')
    return type.types
      .flatMap(writtenOut)
      .filter((members) => members.some((member) => wordsOf(member) !== ''))
      .flatMap((members) => [`Where ${discriminantOf(members)}:`, ...tableOf(members, links)]);
  const others = type.type === 'intersection' ? type.types.filter((one) => writtenOut(one).length === 0) : [];
  const tables = writtenOut(type).flatMap((members) => tableOf(members, links));
  if (others.length === 0 || tables.length === 0) return tables;
  return [`Is ${others.map((one) => linked(one, links)).join(' and ')}, and has:`, ...tables];
};

const discriminantOf = ([first]: readonly Declaration[]): string =>
  `\`${first?.name}\` is \`${typeText(first?.type)}\``;
