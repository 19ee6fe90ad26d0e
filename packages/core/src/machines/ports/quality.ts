/** Gives a player's quality machine the height that its client prefers; 0 is automatic. Performed by the session. */
export interface QualityEffect {
  readonly type: 'quality.prefer';
  /** A track or a stream; `undefined` for everything that is played. */
  readonly trackId: string | undefined;
  readonly height: number;
}
