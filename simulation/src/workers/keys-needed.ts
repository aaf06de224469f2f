/** More keys than any run makes. */
export const keysNeeded = 80
