import { withNode } from '../buildspec.ts'
import type { ProjectParts } from './project-parts.ts'

/** Runs the tests of both sides, and makes what a core device is given. */
export const buildComponent: ProjectParts = {
  word: 'BuildComponent',
  timeoutMinutes: 60,
  report: 'UnitTestsReport',
  takes: ['Source'],
  gives: 'Component',
  buildspec: reportArn => ({
    version: 0.2,
    phases: {
      install: {
        'runtime-versions': withNode,
        commands: [
          'apt-get update',
          'apt-get install -y --no-install-recommends g++ g++-aarch64-linux-gnu',
          'node tools/setup.mjs',
        ],
      },
      pre_build: { commands: ['npm test'] },
      build: { commands: ['npm run build:artifacts'] },
    },
    reports: {
      [reportArn]: { 'base-directory': 'reports', files: ['test.junit.xml'], 'file-format': 'JUNITXML' },
    },
    artifacts: { 'base-directory': 'build/artifacts', files: ['**/*'] },
  }),
  patternsBecause: 'The objects of the pipeline and the streams of the log are named when it runs.',
  permissions: () => [],
}
