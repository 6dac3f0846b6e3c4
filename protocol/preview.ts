/** The descriptors of a potential as curves: what the language server computes and the preview panel draws. Å, degrees. */

export interface PreviewCurve {
  /** Its numbers: `η 4 Å⁻², rₛ 1 Å`. */
  readonly label: string;
  /** Pairs `H–O` or triples `H–O–H`, the centre first or in the middle, that have it. */
  readonly of: readonly string[];
  /** At equal distances over the axis, both ends included. */
  readonly values: readonly number[];
  /** Over the data it says nothing, for none of those that have it. */
  readonly constant: boolean;
}

export interface DescriptorPreview {
  /** Name of the potential. */
  readonly potential: string;
  readonly cutoff: number;
  /** End of the axis of distances. */
  readonly reach: number;
  readonly cutoffFunction: { readonly name: string; readonly values: readonly number[] };
  /** Radial functions, and the radial parts of angular ones. */
  readonly radial: readonly PreviewCurve[];
  readonly angularRadial: readonly PreviewCurve[];
  /** Angular parts over 0 to 180°. */
  readonly angular: readonly PreviewCurve[];
  /** Weights of neighbours in the channels of chiral functions. */
  readonly channels: readonly PreviewCurve[];
  /** Per centre how many chiral functions there are, and over the data how large |χ| becomes. */
  readonly chirality: readonly { readonly center: string; readonly functions: number; readonly strength?: number }[];
  /** Neighbours per shell of a pair of elements in the data, the largest 1, from 0 to `reach`. */
  readonly distributions: readonly {
    readonly pair: string;
    readonly nearest: number;
    readonly values: readonly number[];
  }[];
  /** Of which data: `64 of 1,751 structures`; absent where nothing is known. */
  readonly sample?: string;
  /** The data are still looked at: ask again. */
  readonly pending: boolean;
}
