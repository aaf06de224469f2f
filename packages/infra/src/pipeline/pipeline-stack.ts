import { type App, Stack } from 'aws-cdk-lib'
import { ArtifactStore } from './artifact-store.ts'
import { BuildProject } from './build-project.ts'
import { OutcomeNotifications } from './outcome-notifications.ts'
import { Pipeline } from './pipeline.ts'
import { PipelineChoices } from './pipeline-choices.ts'
import { pipelineName } from './pipeline-names.ts'
import type { PipelineSettings } from './pipeline-settings.ts'
import { buildBackend } from './projects/build-backend.ts'
import { buildComponent } from './projects/build-component.ts'
import { deployBackend } from './projects/deploy-backend.ts'
import { deployComponent } from './projects/deploy-component.ts'
import type { ProjectParts } from './projects/project-parts.ts'
import { test } from './projects/test.ts'

/**
 * Builds, tests, deploys and tests again whatever is pushed to a branch: for accounts that no customer's devices are
 * in. Nothing is deployed before all of it was built and tested, and what builds and runs unit tests may change nothing
 * in the account.
 */
export class PipelineStack extends Stack {
  constructor(app: App, settings: PipelineSettings) {
    super(app, pipelineName, {
      description: 'Builds, tests and deploys the certificate rotator of AWS IoT Greengrass core devices',
    })
    const store = new ArtifactStore(this, 'ArtifactStore')
    const choices = new PipelineChoices(this, 'Choices', settings)
    const projects = (...all: ProjectParts[]) =>
      all.map(parts => new BuildProject(this, { parts, store, choices }))
    new Pipeline(this, 'Pipeline', {
      store,
      choices,
      stages: [
        { name: 'Build', projects: projects(buildBackend, buildComponent) },
        { name: 'Deploy', projects: projects(deployBackend, deployComponent) },
        { name: 'Test', projects: projects(test) },
      ],
    })
    new OutcomeNotifications(this, 'Outcomes')
  }
}
