/**
 * The shapes of the keyword table of `input.nn`. Such files have no units: a dimension says how a value changes when the units of
 * length and energy do.
 */

/** Of whom the file is read: n2p2 is the usual one, RuNNer knows a `runner_mode`. */
export type Dialect = 'n2p2' | 'runner';

export type Dimension = 'length' | 'inverse_length_squared' | 'energy' | 'inverse_energy' | 'inverse_length' | 'charge';

interface ArgumentBase {
  /** As signatures show it. */
  readonly name: string;
  readonly documentation?: string;
  /** May be left out, with all that follow. */
  readonly optional?: boolean;
  /** Once or more; only the last argument can be. */
  readonly repeated?: boolean;
}
export interface NumberArgument extends ArgumentBase {
  readonly kind: 'number' | 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  /** The bounds themselves are not allowed. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly dimension?: Dimension;
}
export interface ChoiceArgument extends ArgumentBase {
  readonly kind: 'choice';
  /** What may be written, and what it means. */
  readonly values: Readonly<Record<string, string>>;
}
export interface OtherArgument extends ArgumentBase {
  readonly kind: 'element' | 'text';
}
export type Argument = NumberArgument | ChoiceArgument | OtherArgument;

/** In the order in which files have them, and completion and reference list them. */
export const SECTIONS = [
  'General',
  'Symmetry functions',
  'Networks',
  'Electrostatics',
  'Normalization',
  'Training',
  'Selection of updates',
  'Initial weights',
  'Gradient descent',
  'Kalman filter',
  'Output',
  'RuNNer',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface Keyword {
  readonly section: Section;
  readonly arguments: readonly Argument[];
  /** One paragraph of Markdown: what it is. */
  readonly documentation: string;
  readonly formula?: string;
  readonly reference?: string;
  /** What n2p2 does where it is absent. */
  readonly default?: string;
  /** What goes wrong with it in n2p2. */
  readonly trap?: string;
  /** Arguments that are right in most files: what completion and fixes insert. */
  readonly recommended: string;
  /** Other names of the same keyword. */
  readonly aliases?: readonly string[];
  /** May stand more than once in n2p2. */
  readonly repeatable?: boolean;
  /** May stand more than once in RuNNer. */
  readonly repeatableInRunner?: boolean;
  /** Whether n2p2 knows it. */
  readonly n2p2: boolean;
  /** Whether RuNNer knows it. */
  readonly runner: boolean;
  /** How RuNNer's arguments or meaning differ. */
  readonly inRunner?: string;
  /** RuNNer's arguments where they differ. */
  readonly runnerArguments?: readonly Argument[];
  /** The modes of RuNNer (1 symmetry functions, 2 training, 3 prediction) that read it. */
  readonly modes?: string;
}
