/** What typedoc tells of the exports, as far as the pages have it. */

export type Text = readonly Readonly<{ kind: string; text: string; target?: number | string }>[];

export type Comment = Readonly<{
  summary: Text;
  blockTags?: readonly Readonly<{ tag: string; name?: string; content: Text }>[];
}>;

export type Type =
  | Readonly<{ type: 'intrinsic' | 'unknown'; name: string }>
  | Readonly<{ type: 'literal'; value: string | number | boolean | null }>
  | Readonly<{ type: 'reference'; name: string; target: number | object; typeArguments?: readonly Type[] }>
  | Readonly<{ type: 'union' | 'intersection'; types: readonly Type[]; elementSummaries?: readonly Text[] }>
  | Readonly<{ type: 'array'; elementType: Type }>
  | Readonly<{ type: 'tuple'; elements?: readonly Type[] }>
  | Readonly<{ type: 'typeOperator'; operator: string; target: Type }>
  | Readonly<{ type: 'indexedAccess'; objectType: Type; indexType: Type }>
  | Readonly<{ type: 'query'; queryType: Type }>
  | Readonly<{ type: 'conditional'; checkType: Type; extendsType: Type; trueType: Type; falseType: Type }>
  | Readonly<{ type: 'reflection'; declaration: Declaration }>;

export type Signature = Readonly<{
  name: string;
  kind: number;
  comment?: Comment;
  typeParameters?: readonly Readonly<{ name: string; type?: Type }>[];
  parameters?: readonly Declaration[];
  type?: Type;
}>;

/** An export, or a member of one. */
export type Declaration = Readonly<{
  id: number;
  name: string;
  kind: number;
  flags: Readonly<{ isOptional?: boolean; isRest?: boolean; isInherited?: boolean; isStatic?: boolean }>;
  comment?: Comment;
  type?: Type;
  defaultValue?: string;
  children?: readonly Declaration[];
  signatures?: readonly Signature[];
  indexSignatures?: readonly Signature[];
  getSignature?: Signature;
  typeParameters?: Signature['typeParameters'];
  extendedTypes?: readonly Type[];
}>;

/** By typedoc's numbers. */
export const kinds = {
  module: 2,
  class: 128,
  interface: 256,
  constructor: 512,
  constructorSignature: 16_384,
  reference: 4_194_304,
} as const;
