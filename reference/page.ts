/** A page of what one entry of a package exports: groups, in each the exports, of each its words, its form and its members. */
import { type Comment, type Declaration, kinds, type Signature, type Text, type Type } from './model.ts';
import { signatureText, typeText, unwrapped } from './type-text.ts';

export type Page = Readonly<{
  title: string;
  /** What stands above everything. */
  opening: string;
  /** The headings, and under which of them each export stands, in that order. */
  groups: Readonly<Record<string, readonly string[]>>;
}>;

/** The page. Throws where an export has no group or no words, or a group names none. */
export const pageOf = ({ title, opening, groups }: Page, exported: readonly Declaration[]): string => {
  const byName = new Map(exported.filter(({ kind }) => kind !== kinds.reference).map((one) => [one.name, one]));
  const grouped = Object.values(groups).flat();
  const problems = [
    ...[...byName.keys()].filter((name) => !grouped.includes(name)).map((name) => `${name} is in no group`),
    ...grouped.filter((name) => !byName.has(name)).map((name) => `${name} is in a group, and no export`),
    ...[...byName.values()].filter((one) => wordsOf(one) === '').map(({ name }) => `${name} has no docstring`),
  ];
  if (problems.length > 0) throw new Error(`${title}: ${problems.join('; ')}`);
  const names = new Set(byName.keys());
  const parts = Object.entries(groups).flatMap(([group, members]) => [
    `## ${group}`,
    ...members.flatMap((name) => {
      const one = byName.get(name);
      return one === undefined ? [] : sectionOf(one, names);
    }),
  ]);
  const contents = Object.entries(groups).map(([group, members]) => `- ${group}: ${members.map(linkTo).join(', ')}`);
  return `${[`# ${title}`, opening, contents.join('\n'), ...parts].join('\n\n')}\n`;
};

const linkTo = (name: string): string => `[${name}](#${name.toLowerCase()})`;

const sectionOf = (one: Declaration, names: ReadonlySet<string>): readonly string[] => {
  const type = one.type === undefined ? undefined : unwrapped(one.type);
  const code = formOf(one, type);
  return [
    `### ${one.name}`,
    wordsOf(one),
    ...(code.length > 0 ? [`\`\`\`ts\n${code.join('\n')}\n\`\`\``] : []),
    ...inheritanceOf(one, names),
    ...(type === undefined ? [] : partsOf(type)).flatMap(({ label, members }) => [
      ...(label === undefined ? [] : [label]),
      ...tableOf(members, names),
    ]),
    ...tableOf((one.children ?? []).filter(isOwn), names),
  ].filter((part) => part !== '');
};

const isOwn = ({ kind, flags }: Declaration): boolean => kind !== kinds.constructor && flags.isInherited !== true;

/** How it is called or written, where a table of its members does not say that. */
const formOf = ({ name, kind, signatures, children, typeParameters = [] }: Declaration, type: Type | undefined) => {
  if (signatures !== undefined) return signatures.map((signature) => signatureText(name, signature));
  if (kind === kinds.class) {
    const built = children?.find((child) => child.kind === kinds.constructor)?.signatures ?? [];
    return built.map((signature) => signatureText(`new ${name}`, signature));
  }
  if (type === undefined || (type.type === 'reflection' && type.declaration.children !== undefined)) return [];
  if (type.type === 'reflection' && (type.declaration.signatures?.length ?? 0) > 1)
    return (type.declaration.signatures ?? []).map((signature) => signatureText(name, signature));
  const generics = typeParameters.map(({ name: generic }) => generic).join(', ');
  const said = `type ${name}${generics === '' ? '' : `<${generics}>`} =`;
  const whole = `${said} ${typeText(type)};`;
  if (type.type !== 'union' || whole.length <= 100) return [whole];
  return [said, ...type.types.map((member, at, all) => `  | ${typeText(member)}${at === all.length - 1 ? ';' : ''}`)];
};

const inheritanceOf = (
  { extendedTypes = [], children = [] }: Declaration,
  names: ReadonlySet<string>,
): readonly string[] => {
  const ours = extendedTypes.flatMap(namesIn).filter((name) => names.has(name));
  const left = children.some(({ flags }) => flags.isInherited);
  return ours.length > 0 && left
    ? [
        `Has what ${ours.map(linkTo).join(', ')} have, and:`.replace(
          ' have, and:',
          ours.length > 1 ? ' have.' : ' has.',
        ),
      ]
    : [];
};

/** The members that a type writes out, of a union one after the other where they have words of their own. */
const partsOf = (type: Type): readonly Readonly<{ label?: string; members: readonly Declaration[] }>[] => {
  const inner = unwrapped(type);
  if (inner.type === 'reflection') return [{ members: inner.declaration.children ?? [] }];
  if (inner.type === 'intersection') return inner.types.flatMap(partsOf);
  if (inner.type !== 'union') return [];
  return inner.types
    .flatMap(partsOf)
    .filter(({ members }) => members.some((member) => wordsOf(member) !== ''))
    .map(({ members }) => ({ label: `Where ${discriminantOf(members)}:`, members }));
};

const discriminantOf = ([first]: readonly Declaration[]): string =>
  `\`${first?.name}\` is \`${typeText(first?.type)}\``;

const tableOf = (members: readonly Declaration[], names: ReadonlySet<string>): readonly string[] => {
  if (members.length === 0) return [];
  const rows = members.flatMap((member) => rowsOf(member, names));
  const hasDefault = rows.some(({ fallback }) => fallback !== '');
  const line = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    [
      hasDefault ? line('', 'type', 'default', '') : line('', 'type', ''),
      hasDefault ? line('---', '---', '---', '---') : line('---', '---', '---'),
      ...rows.map(({ name, type, fallback, words }) =>
        hasDefault ? line(name, type, fallback, words) : line(name, type, words),
      ),
    ].join('\n'),
  ];
};

const rowsOf = (member: Declaration, names: ReadonlySet<string>) => {
  const { name, flags, defaultValue } = member;
  const calls = callsOf(member);
  const words = inCell(wordsOf(member));
  const fallback = inCell(defaultOf(member.comment) ?? '');
  const label = `${flags.isStatic ? 'static ' : ''}${name}`;
  if (calls.length > 0 && !flags.isOptional)
    return calls.map((signature, at) => ({
      name: code(label),
      type: linked(signatureText('', signature), namesInSignature(signature), names),
      fallback,
      words: at === 0 ? words : inCell(textOf(signature.comment?.summary ?? [])),
    }));
  const type = member.getSignature?.type ?? withoutUndefined(member.type);
  const literal = type === undefined && defaultValue !== undefined ? defaultValue : typeText(type);
  return [
    {
      name: code(label + (flags.isOptional ? '?' : '')),
      type: linked(literal, type ? namesIn(type) : [], names),
      fallback,
      words,
    },
  ];
};

/** Of a method, and of a property that is a function and always there. */
const callsOf = ({ signatures, type }: Declaration): readonly Signature[] => {
  if (signatures !== undefined) return signatures;
  return type?.type === 'reflection' && type.declaration.children === undefined
    ? (type.declaration.signatures ?? [])
    : [];
};

/** That a property may be left out is said by its name. */
const withoutUndefined = (type: Type | undefined): Type | undefined => {
  if (type?.type !== 'union') return type;
  const types = type.types.filter((one) => !(one.type === 'intrinsic' && one.name === 'undefined'));
  const [only] = types;
  return types.length === 1 ? only : { ...type, types };
};

/** Code, and a link where it is about one of the page's own. */
const linked = (text: string, named: readonly string[], names: ReadonlySet<string>): string => {
  const ours = [...new Set(named.filter((name) => names.has(name)))];
  const [only] = ours;
  return only !== undefined && ours.length === 1 ? `[${code(text)}](#${only.toLowerCase()})` : code(text);
};

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** Every name that a type says. */
const namesIn = (type: Type): readonly string[] => {
  switch (type.type) {
    case 'reference':
      return [type.name, ...(type.typeArguments ?? []).flatMap(namesIn)];
    case 'union':
    case 'intersection':
      return type.types.flatMap(namesIn);
    case 'array':
      return namesIn(type.elementType);
    case 'typeOperator':
      return namesIn(type.target);
    case 'reflection':
      return (type.declaration.signatures ?? []).flatMap(namesInSignature);
    default:
      return [];
  }
};

const namesInSignature = ({ parameters = [], type }: Signature): readonly string[] =>
  [...parameters.map((parameter) => parameter.type), type].flatMap((one) => (one === undefined ? [] : namesIn(one)));

const wordsOf = ({ comment, signatures, getSignature, type }: Declaration): string => {
  const own = comment ?? signatures?.[0]?.comment ?? getSignature?.comment;
  const inner = type?.type === 'reflection' ? type.declaration.signatures?.[0]?.comment : undefined;
  return textOf((own ?? inner)?.summary ?? []);
};

/** In CDK's manner a default that begins with a dash is said in words, and any other is code. */
const defaultOf = (comment: Comment | undefined): string | undefined => {
  const tag = comment?.blockTags?.find((one) => one.tag === '@default');
  if (tag === undefined) return undefined;
  const said = textOf(tag.content)
    .replace(/^```\w*\n([\s\S]*?)\n```$/, '$1')
    .trim();
  if (said.startsWith('- ')) return said.slice(2);
  return /^[\w.'"{}[\]]+$/.test(said) && !/^(?:none|those|that)$/.test(said) ? `\`${said}\`` : said;
};

const textOf = (parts: Text): string =>
  parts
    .map(({ text }) => text)
    .join('')
    .trim();

const inCell = (text: string): string => text.replace(/\n+/g, ' ').replaceAll('|', '\\|');
