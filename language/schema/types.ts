/**
 * The shapes of the vocabulary table, and how TypeScript types follow from it.
 *
 * Vocabulary: a *block schema* says which labels, attributes and inner blocks a block may have; an *attribute schema*
 * says of which type, dimension, range and default a value is. `OptionsOf<typeof schema>` is the type of the checked
 * values, so that neither checker nor engine keeps a copy of the table. All checked numbers are in internal units:
 * Å, eV, fs, amu, K, e, rad; fractions (10 %) as 0…1.
 */

export type DimensionName =
  | 'none'
  | 'length'
  | 'inverse_length_squared'
  | 'energy'
  | 'force'
  | 'time'
  | 'inverse_time'
  | 'temperature'
  | 'mass'
  | 'pressure'
  | 'charge'
  | 'angle'
  | 'force_constant'
  | 'angular_force_constant';

interface Documented {
  /** One paragraph of Markdown: what it is and when to change it. */
  readonly documentation: string;
  /** LaTeX-free formula in Unicode, shown in hovers. */
  readonly formula?: string;
  /** Paper or section that defines it. */
  readonly reference?: string;
}

export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The bounds themselves are not allowed. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
}

export interface QuantityType extends Documented, Range {
  readonly type: 'quantity';
  readonly dimension: DimensionName;
  readonly integer?: boolean;
  /** In internal units. */
  readonly default?: number;
  /** How the default is written, e.g. "6 Å"; also what completion inserts where there is no default. */
  readonly example: string;
}
/** "Each of them": a number or a list of numbers; the attributes of a descriptor block multiply out. */
export interface QuantitiesType extends Documented, Range {
  readonly type: 'quantities';
  readonly dimension: DimensionName;
  readonly integer?: boolean;
  /** Not each of them but one for each of so many things. */
  readonly count?: number;
  readonly default?: readonly number[];
  readonly example: string;
}
export interface ChoiceType<V extends string = string> extends Documented {
  readonly type: 'choice';
  /** The names and what each means. */
  readonly values: Readonly<Record<V, string>>;
  readonly default?: NoInfer<V>;
}
export interface FlagType extends Documented {
  readonly type: 'flag';
  readonly default?: boolean;
}
export interface TextType extends Documented {
  readonly type: 'text';
  readonly default?: string;
  readonly example: string;
}
/** A path relative to the file; `exists: true` makes a missing one an error. */
export interface PathType extends Documented {
  readonly type: 'path';
  readonly exists: boolean;
  readonly kind: 'structure' | 'folder' | 'output';
  readonly default?: string;
  readonly example: string;
}
/** Paths or globs relative to the file. */
export interface PathsType extends Documented {
  readonly type: 'paths';
  readonly example: string;
}
/** A list of texts, as a program and its arguments. */
export interface TextsType extends Documented {
  readonly type: 'texts';
  readonly example: string;
}
/** Frames of files, as `"data.xyz:12"` or `"data.xyz:40-52"` (frame-ranges.ts). */
export interface FramesType extends Documented {
  readonly type: 'frames';
  readonly example: string;
}
export interface ElementsType extends Documented {
  readonly type: 'elements';
}
/** The label of another top-level block. */
export interface NameReferenceType extends Documented {
  readonly type: 'reference';
  readonly to: string;
}
/** `auto`, or the name of a key in the data file. */
export interface DataKeyType extends Documented {
  readonly type: 'data_key';
  readonly what: 'energy' | 'forces' | 'stress';
  readonly default?: string;
}
/** A choice or a key of the data file: `random`, or `key("split")`. */
export interface ChoiceOrKeyType<V extends string = string> extends Documented {
  readonly type: 'choice_or_key';
  readonly values: Readonly<Record<V, string>>;
  readonly default?: NoInfer<V>;
}

export type AttributeSchema = (
  | QuantityType
  | QuantitiesType
  | ChoiceType
  | FlagType
  | TextType
  | PathType
  | PathsType
  | TextsType
  | FramesType
  | ElementsType
  | NameReferenceType
  | DataKeyType
  | ChoiceOrKeyType
) & {
  readonly required?: boolean;
  /** Required, but not where this other attribute or block stands. */
  readonly unless?: string;
};

/** A word that another one stands for by now; it is still understood as that one. */
export interface Deprecation {
  /** The version that has the other word. */
  readonly since: string;
  /** The attribute of the same block that is meant. */
  readonly instead: string;
  /** The variants in which it is; in all if absent. */
  readonly of?: readonly string[];
}

/** An attribute as a block has it. */
export type OwnedAttribute = AttributeSchema & {
  /** The variants of the block that have it. */
  readonly only?: readonly string[];
  readonly deprecated?: Deprecation;
  /** What is otherwise in variants of the block: `centers` of `coordinate angle` are angles. */
  readonly variants?: Readonly<Record<string, Partial<Pick<QuantitiesType, 'dimension' | 'example' | 'count'>>>>;
};

export type LabelRule =
  /** No label. */
  | 'none'
  /** One label that names the block (top level). */
  | 'name'
  /** One label that says what in the data it is for, whatever that is called. */
  | 'text'
  /** None for all (unless one is required), or the elements that it is for: `radial H O`, `network O`. */
  | { readonly elements: { readonly minimum: number; readonly maximum: number; readonly required?: boolean } }
  /** One of these words: `optimizer kalman`, `ensemble langevin`. */
  | { readonly variants: readonly string[] };

export interface BlockSchema extends Documented {
  readonly label: LabelRule;
  /** For a block with variants the attributes of all; `only` says which variant has which. */
  readonly attributes: Readonly<Record<string, OwnedAttribute>>;
  readonly blocks?: Readonly<Record<string, BlockSchema>>;
  /** May stand more than once in its parent. */
  readonly repeatable?: boolean;
  /** Can be run: gets a code lens, a run folder, a subcommand. */
  readonly action?: boolean;
}

type ValueOf<A> = A extends { type: 'quantity' }
  ? number
  : A extends { type: 'quantities' }
    ? readonly number[]
    : A extends { type: 'choice'; values: infer V }
      ? keyof V & string
      : A extends { type: 'choice_or_key'; values: infer V }
        ? (keyof V & string) | { readonly key: string }
        : A extends { type: 'flag' }
          ? boolean
          : A extends { type: 'elements' | 'paths' | 'texts' | 'frames' }
            ? readonly string[]
            : string;

/** Checked values of a block's attributes: present where required or defaulted, else possibly undefined. */
export type OptionsOf<B extends { attributes: object }> = {
  readonly [K in keyof B['attributes']]: B['attributes'][K] extends { required: true } | { default: unknown }
    ? ValueOf<B['attributes'][K]>
    : ValueOf<B['attributes'][K]> | undefined;
};

/** Checked values of one variant of a block: of the attributes that name it in `only`, and of those that name none. */
export type OptionsOfVariant<B extends { attributes: object }, V extends string> = Pick<
  OptionsOf<B>,
  {
    [K in keyof B['attributes']]: B['attributes'][K] extends { only: readonly (infer O)[] }
      ? V extends O
        ? K
        : never
      : K;
  }[keyof B['attributes']]
>;
