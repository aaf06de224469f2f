import { defineConfig } from 'vitest/config'

const quick = {
  isolate: false,
  pool: 'forks',
  restoreMocks: true,
  testTimeout: 20_000,
  hookTimeout: 60_000,
} as const

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...quick,
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'lab/src/**/*.test.ts',
            '{simulation,fuzz}/src/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: ['{lab,simulation}/src/{whole,outside}/**'],
        },
      },
      {
        test: {
          name: 'whole',
          include: ['lab/src/whole/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['simulation/src/whole/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 30 * 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'outside',
          include: ['lab/src/outside/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/{protocol,rotation,component,backend,infra}/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**', '**/main.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'reports/coverage',
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
    },
  },
})
