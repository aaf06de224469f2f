/** The middle of what is spread: a run that leaves nothing to chance takes it. */
export const middling = (): number => 0.5

/** From half to one and a half times as long. @param random from 0 to 1 */
export const spread = (ms: number, random: () => number): number => Math.round(ms * (0.5 + random()))
