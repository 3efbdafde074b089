/** The members of an export as a table: what each is called, its type, its default and its words. */
import type { Comment, Declaration, Signature, Text, Type } from './model.ts';
import { signatureText, typeText } from './type-text.ts';

/** Where each export is told of. */
export type Links = ReadonlyMap<string, string>;

type Row = Readonly<{ name: string; type: string; fallback: string; words: string }>;

export const tableOf = (members: readonly Declaration[], links: Links): readonly string[] => {
  const rows = members.flatMap((member) => rowsOf(member, links));
  if (rows.length === 0) return [];
  const columns = [
    { title: '', cell: ({ name }: Row) => name },
    { title: 'type', cell: ({ type }: Row) => type },
    { title: 'default', cell: ({ fallback }: Row) => fallback },
    { title: '', cell: ({ words }: Row) => words },
  ].filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    [
      line(columns.map(({ title }) => title)),
      line(columns.map(() => '---')),
      ...rows.map((row) => line(columns.map(({ cell }) => cell(row)))),
    ].join('\n'),
  ];
};

const rowsOf = (member: Declaration, links: Links): readonly Row[] => {
  const { flags, defaultValue, comment } = member;
  const name = code(member.name + (flags.isOptional ? '?' : ''));
  const words = inCell(wordsOf(member));
  const fallback = inCell(defaultOf(comment) ?? '');
  const calls = callsOf(member);
  if (calls.length > 0)
    return calls.map((signature, at) => ({
      name,
      type: withLink(signatureText('', signature), namesInSignature(signature), links),
      fallback,
      words: at === 0 ? words : '',
    }));
  const type = member.getSignature?.type ?? (flags.isOptional ? withoutUndefined(member.type) : member.type);
  return [{ name, type: type === undefined ? code(defaultValue ?? 'unknown') : linked(type, links), fallback, words }];
};

/** Of a method, and of a property that is a function and always there. */
const callsOf = ({ signatures, type, flags }: Declaration): readonly Signature[] => {
  if (signatures !== undefined) return signatures;
  if (flags.isOptional || type?.type !== 'reflection' || type.declaration.children !== undefined) return [];
  return type.declaration.signatures ?? [];
};

/** That a property may be left out is said by its name. */
const withoutUndefined = (type: Type | undefined): Type | undefined => {
  if (type?.type !== 'union') return type;
  const types = type.types.filter((one) => !(one.type === 'intrinsic' && one.name === 'undefined'));
  const [only] = types;
  return types.length === 1 ? only : { ...type, types };
};

export const linkTo = (name: string, links: Links): string => `[${name}](${links.get(name)})`;

/** A type as code, and a link where it is about one export. */
export const linked = (type: Type, links: Links): string => withLink(typeText(type), namesIn(type), links);

const withLink = (text: string, named: readonly string[], links: Links): string => {
  const [only, ...others] = new Set(named.filter((name) => links.has(name)));
  return only !== undefined && others.length === 0 ? `[${code(text)}](${links.get(only)})` : code(text);
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

/** Its docstring, wherever typedoc found it. */
export const wordsOf = ({ comment, signatures, getSignature, type }: Declaration): string => {
  const inner = type?.type === 'reflection' ? type.declaration.signatures?.[0]?.comment : undefined;
  return textOf((comment ?? signatures?.[0]?.comment ?? getSignature?.comment ?? inner)?.summary ?? []);
};

/** In the CDK's manner a default that begins with a dash is said in words, and one word without is code. */
const defaultOf = (comment: Comment | undefined): string | undefined => {
  const tag = comment?.blockTags?.find((one) => one.tag === '@default');
  if (tag === undefined) return undefined;
  const said = textOf(tag.content)
    .replace(/^```\w*\n([\s\S]*?)\n```$/, '$1')
    .trim();
  if (said.startsWith('- ')) return said.slice(2);
  return /^\S+$/.test(said) && !said.startsWith('`') ? `\`${said}\`` : said;
};

export const textOf = (parts: Text): string =>
  parts
    .map(({ text }) => text)
    .join('')
    .trim();

const inCell = (text: string): string => text.replace(/\n+/g, ' ').replaceAll('|', '\\|');
