import { withNode } from '../buildspec.ts'
import type { ProjectParts } from './project-parts.ts'

/** Looks at the code, its dependencies and the templates without running them, and makes what deploys to AWS. */
export const buildBackend: ProjectParts = {
  word: 'BuildBackend',
  timeoutMinutes: 30,
  environment: { BACKEND_SETTINGS: 'BackendSettings' },
  takes: ['Source'],
  gives: 'Backend',
  buildspec: () => ({
    version: 0.2,
    phases: {
      install: { 'runtime-versions': withNode, commands: ['node tools/setup.mjs'] },
      pre_build: {
        // The source comes without its history, and the checks ask git what is ignored.
        commands: [
          'git init --quiet',
          'npm run check',
          'npm run nag',
          'npm audit --audit-level=moderate',
          'npm audit signatures',
        ],
      },
      build: {
        commands: [
          'npm run synth -- --settings "$BACKEND_SETTINGS"',
          'npm sbom --sbom-format=cyclonedx > cdk.out/sbom.cdx.json',
        ],
      },
    },
    artifacts: { 'base-directory': 'cdk.out', files: ['**/*'] },
  }),
  patternsBecause: 'The objects of the pipeline and the streams of the log are named when it runs.',
  // What runs here was written by everybody whose package is installed: it may change nothing in the account.
  permissions: () => [],
}
