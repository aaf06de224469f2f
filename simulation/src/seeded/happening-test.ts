import type { Happening } from './happening.ts'

/** Each happening has a test of its own, of as many seeded runs as this. */
export const seedsOfTest = 25

/** The name of its test, which begins with the ids of its faults. */
export const nameOfTest = (happening: string, { ids }: Pick<Happening, 'ids'>): string =>
  `${ids}: ${happening.replaceAll('-', ' ')}, in ${seedsOfTest} seeded runs`
