import { defineConfig } from 'vitest/config'

/** The tests that mutants of the rules and the handlers are put to. */
export default defineConfig({
  test: { include: ['packages/{rotation,backend}/src/**/*.test.ts'], isolate: false, pool: 'forks' },
})
