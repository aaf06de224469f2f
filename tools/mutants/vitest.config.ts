import { configDefaults, defineConfig } from 'vitest/config'

/** The tests that mutants of the rules and the handlers are put to; the long random histories are left out. */
export default defineConfig({
  test: {
    include: ['packages/{rotation,backend}/src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/world.test.ts', '**/histories.test.ts'],
    isolate: false,
    pool: 'forks',
  },
})
