/** A type as somebody would write it. */
import { type Declaration, kinds, type Signature, type Type } from './model.ts';

/** In one line. `Readonly<{ … }>` is told as what is in it: nothing here is written by those who read it. */
export const typeText = (type: Type | undefined): string => {
  if (type === undefined) return 'unknown';
  switch (type.type) {
    case 'intrinsic':
    case 'unknown':
      return type.name;
    case 'literal':
      return typeof type.value === 'string' ? `'${type.value}'` : String(type.value);
    case 'reference':
      return referenceText(type);
    case 'union':
      return type.types.map((one) => inParentheses(one, isFunction(one) || isConditional(one))).join(' | ');
    case 'intersection':
      return type.types.map((one) => inParentheses(one, isFunction(one) || one.type === 'union')).join(' & ');
    case 'array':
      return `${inParentheses(type.elementType, !isSimple(type.elementType))}[]`;
    case 'tuple':
      return `[${(type.elements ?? []).map(typeText).join(', ')}]`;
    case 'typeOperator':
      return `${type.operator} ${typeText(type.target)}`;
    case 'indexedAccess':
      return `${typeText(type.objectType)}[${typeText(type.indexType)}]`;
    case 'query':
      return `typeof ${typeText(type.queryType)}`;
    case 'conditional':
      return `${typeText(type.checkType)} extends ${typeText(type.extendsType)} ? ${typeText(type.trueType)} : ${typeText(type.falseType)}`;
    case 'reflection':
      return declarationText(type.declaration);
    default:
      throw new Error(`the pages have no words for a type that is ${JSON.stringify(type satisfies never)}`);
  }
};

/** What `Readonly` is said of, where it is said of members that are written out. */
export const unwrapped = (type: Type): Type => {
  if (type.type !== 'reference' || type.name !== 'Readonly') return type;
  const [inner] = type.typeArguments ?? [];
  return inner?.type === 'reflection' ? inner : type;
};

/** `name(parameter: Type): Type` */
export const signatureText = (name: string, signature: Signature, arrow = ': '): string => {
  const parameters = (signature.parameters ?? []).map(parameterText).join(', ');
  const generics = (signature.typeParameters ?? []).map(
    ({ name: generic, type }) => generic + (type === undefined ? '' : ` extends ${typeText(type)}`),
  );
  return `${name}${generics.length > 0 ? `<${generics.join(', ')}>` : ''}(${parameters})${arrow}${typeText(signature.type)}`;
};

const parameterText = ({ name, flags, type, defaultValue }: Declaration): string => {
  const mark = flags.isOptional || defaultValue !== undefined ? '?' : '';
  return `${flags.isRest ? '...' : ''}${name}${mark}: ${typeText(type)}`;
};

const referenceText = (type: Extract<Type, { type: 'reference' }>): string => {
  const inner = unwrapped(type);
  if (inner !== type) return typeText(inner);
  const given = type.typeArguments ?? [];
  return type.name + (given.length > 0 ? `<${given.map(typeText).join(', ')}>` : '');
};

const declarationText = ({ signatures = [], children = [], indexSignatures = [] }: Declaration): string => {
  const [only] = signatures;
  if (only !== undefined && signatures.length === 1 && children.length === 0)
    return signatureText(only.kind === kinds.constructorSignature ? 'new ' : '', only, ' => ');
  const members = [
    ...signatures.map((signature) => signatureText('', signature)),
    ...indexSignatures.map(
      ({ parameters = [], type }) => `[${parameters.map(parameterText).join(', ')}]: ${typeText(type)}`,
    ),
    ...children.flatMap(memberTexts),
  ];
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
};

const memberTexts = ({ name, flags, signatures, type }: Declaration): readonly string[] => {
  const mark = flags.isOptional ? '?' : '';
  if (signatures !== undefined) return signatures.map((signature) => signatureText(`${name}${mark}`, signature));
  return [`${name}${mark}: ${typeText(type)}`];
};

const isFunction = (type: Type): boolean =>
  type.type === 'reflection' && type.declaration.signatures?.length === 1 && !type.declaration.children;
const isConditional = ({ type }: Type): boolean => type === 'conditional';
const isSimple = (type: Type): boolean =>
  !(['union', 'intersection', 'conditional', 'typeOperator', 'query'].includes(type.type) || isFunction(type));
const inParentheses = (type: Type, needed: boolean): string => (needed ? `(${typeText(type)})` : typeText(type));
