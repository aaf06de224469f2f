import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildComponent } from '@rotator/component/build'
import { synth } from '@rotator/infra/synth'

/** What is deployed: the backend's template with its assets, and the component's artifact with its recipe. */
export interface Artifacts {
  templateFile: string
  component: { recipe: string; artifactFolder: string }
}

export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url))

/** Nothing but a rotation uses the certificates of a lab, so old ones go at once; lost events are soon looked for. */
export const backendContext = {
  RetireDelayInSeconds: '0',
  RetireHoldInSeconds: '0',
  SweepEveryInMinutes: '1',
  SweepRoundInMinutes: '1',
  SweepGraceInSeconds: '30',
}

/** Builds both; what is built already from the same sources is taken as it is. */
export async function buildArtifacts(): Promise<Artifacts> {
  const [{ templatePath }, component] = await Promise.all([
    synth({ outDir: join(repositoryRoot, 'cdk.out'), context: backendContext }),
    buildComponent(join(repositoryRoot, 'build', 'component')),
  ])
  writeNode(component.artifactFolder)
  return { templateFile: templatePath, component }
}

/** On a device Node ships in the artifact; here a copy for each device would be 126 MB. */
export function writeNode(artifactFolder: string): void {
  writeFileSync(join(artifactFolder, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
}
