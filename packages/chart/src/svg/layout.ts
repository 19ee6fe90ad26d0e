/** A place: left, top, width, height. Pixels. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Positions of a chart. Its texts come from the definition. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** For each state, in the order of the definition. A state without a place is not drawn. */
  readonly states: readonly (Box | undefined)[];
  /** For each state with others inside: its initial dot, and the way from there. */
  readonly initials: readonly (readonly number[])[];
  /** For each arrow of the drawing: its points, and where its text is. */
  readonly arrows: readonly { readonly line: readonly number[]; readonly label: readonly [x: number, y: number] }[];
}
