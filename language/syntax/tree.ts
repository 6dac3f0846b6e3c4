/**
 * The lossless tree of a `.potential` file.
 *
 * A tree is a list of tokens that covers the text without a gap, and a typed outline (file, blocks, attributes, values)
 * whose nodes say by their spans which part of the text they are. Parsing never fails: what is missing is `undefined`
 * in its node, what is superfluous stays in the tokens, and `errors` says so.
 *
 * Invariants: `tokens.map(textOf).join('') === text`; every span lies in the text; children lie inside their parents;
 * siblings do not overlap.
 */

/** UTF-16 offsets into the text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type TokenKind =
  | 'name'
  | 'number'
  | 'string'
  /** One of `= { } [ ] ( ) , ; * / ^ ..` and `%`. */
  | 'symbol'
  | 'newline'
  | 'space'
  | 'comment'
  | 'invalid';

export interface Token extends Span {
  readonly kind: TokenKind;
}

/**
 * The tokens of a text in plain numbers, as a long file has tens of thousands of them: of each its code (see lexer.ts) and
 * its end. One begins where the one before ends.
 */
export interface Tokens {
  readonly codes: Uint8Array;
  readonly ends: Int32Array;
}

export interface Name extends Span {
  readonly kind: 'name';
  readonly text: string;
}

/** A block's label: `water`, `"a b"`, `*`; for descriptor blocks an element. */
export interface Label extends Span {
  readonly kind: 'label';
  readonly text: string;
}

/** One factor of a unit, `Å^-2` → symbol `Å`, power −2 (the sign of a division is already in it). */
export interface UnitFactor extends Span {
  readonly symbol: string;
  readonly power: number;
}

export interface Unit extends Span {
  readonly kind: 'unit';
  readonly factors: readonly UnitFactor[];
}

export interface NumberValue extends Span {
  readonly kind: 'number';
  readonly value: number;
  readonly unit?: Unit;
}
export interface StringValue extends Span {
  readonly kind: 'string';
  readonly text: string;
}
export interface NameValue extends Span {
  readonly kind: 'name';
  readonly text: string;
}
export interface ListValue extends Span {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly unit?: Unit;
}
export interface CallValue extends Span {
  readonly kind: 'call';
  readonly callee: Name;
  readonly arguments: readonly Value[];
  readonly unit?: Unit;
}
export interface RangeValue extends Span {
  readonly kind: 'range';
  readonly from: number;
  readonly to: number;
  readonly unit?: Unit;
}

export type Value = NumberValue | StringValue | NameValue | ListValue | CallValue | RangeValue;

/** The items of a value that may be a list, or be the one item of it; none where nothing is written. */
export const itemsOf = (value: Value | undefined): readonly Value[] =>
  value === undefined ? [] : value.kind === 'list' ? value.items : [value];

export interface Attribute extends Span {
  readonly kind: 'attribute';
  readonly name: Name;
  /** Where `=` stands; undefined while it is still to be typed. */
  readonly equals?: Span;
  readonly value?: Value;
}

export interface Block extends Span {
  readonly kind: 'block';
  readonly name: Name;
  readonly labels: readonly Label[];
  readonly items: readonly Item[];
  /** The braces; undefined where one is missing. */
  readonly open?: Span;
  readonly close?: Span;
}

export type Item = Attribute | Block;

export interface FileNode extends Span {
  readonly kind: 'file';
  readonly items: readonly Item[];
}

export interface SyntaxError extends Span {
  /** A `PD00xx` code of docs/diagnostics. */
  readonly code: string;
  readonly message: string;
  /** Text that, inserted at `end`, would mend it (a missing brace or quote). */
  readonly insert?: string;
  /** Text that, left out, would mend it. */
  readonly remove?: Span;
}

/** Whole lines of a text that are parsed and checked by themselves: its spans count from its own beginning. */
export interface Section {
  readonly text: string;
  readonly tokens: Tokens;
  readonly items: readonly Item[];
  /** In the order of the text. */
  readonly errors: readonly SyntaxError[];
  /** Of a long block, which cover the section without a gap: they are parsed and checked by themselves, see parts.ts. */
  readonly parts?: readonly Part[];
}

/** A part of a section and where in it it begins. */
export interface Part {
  readonly section: Section;
  readonly start: number;
  /** Whether every opening brace of the section is closed: it makes a difference for what has errors. */
  readonly isBalanced: boolean;
}

/** A section where it stands: its tokens and items with the spans that they have in the whole text. */
export interface SectionInText {
  readonly section: Section;
  readonly start: number;
  /** Made when first asked for. */
  readonly tokens: readonly Token[];
  /** Made when first asked for. */
  readonly items: readonly Item[];
}

export interface SyntaxTree {
  readonly text: string;
  /** They cover the text without a gap. Trees of successive versions share those that are the same in both. */
  readonly sections: readonly SectionInText[];
  /** Of all sections; made when first asked for. */
  readonly tokens: readonly Token[];
  /** Of all sections; made when first asked for. */
  readonly file: FileNode;
  /** In the order of the text. */
  readonly errors: readonly SyntaxError[];
}
