/** Each happening has a test of its own, of as many seeded runs as this. */
export const seedsOfTest = 25

/** What its test is called after the ids of its faults. */
export const titleOfTest = (happening: string): string =>
  `${happening.replaceAll('-', ' ')}, in ${seedsOfTest} seeded runs`
