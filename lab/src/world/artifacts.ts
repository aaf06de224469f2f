import { copyFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildComponent } from '@rotator/component/build'
import { synth } from '@rotator/infra/synth'
import { hostBinding } from './binding.ts'
import { repositoryRoot } from './repository-root.ts'

/** What is deployed: the backend's template with its assets, and the component's artifact with its recipe. */
export interface Artifacts {
  templateFile: string
  component: { recipe: string; artifactFolder: string }
}

/** Nothing but a rotation uses the certificates of a lab, so old ones go at once; lost events are soon looked for. */
export const backendContext = {
  RetireDelayInSeconds: '0',
  RetireHoldInSeconds: '0',
  SweepEveryInMinutes: '1',
  SweepRoundInMinutes: '1',
  SweepGraceInSeconds: '30',
}

/** The cloud assemblies of labs, one for each kind of backend. What operators deploy is what they have synthesized themselves. */
export const assembliesFolder = join(repositoryRoot, 'build', 'lab-backends')

/**
 * Synthesizes a backend of a lab, once for the same sources.
 *
 * @returns the template
 */
export async function backendTemplate(
  kind: 'iot' | 'private-ca' | 'triggers' | 'hold',
  choices: Readonly<Record<string, string>> = {},
): Promise<string> {
  const context = { ...backendContext, ...choices }
  return (await synth({ outDir: join(assembliesFolder, kind), context })).templatePath
}

/** The backend with AWS IoT as its issuer. */
export const iotTemplate = async (): Promise<string> => backendTemplate('iot')

/** Builds both; what is built already from the same sources is taken as it is. */
export async function buildArtifacts(template = iotTemplate): Promise<Artifacts> {
  const [templateFile, component] = await Promise.all([
    template(),
    buildComponent(join(repositoryRoot, 'build', 'component')),
  ])
  writeNode(component.artifactFolder)
  return { templateFile, component }
}

/** Adds what a device with a token needs besides; compiled when first asked for. */
export async function addBinding({
  component: { artifactFolder },
}: Pick<Artifacts, 'component'>): Promise<void> {
  const file = await hostBinding()
  copyFileSync(file, join(artifactFolder, basename(file)))
}

/** On a device Node ships in the artifact; here a copy for each device would be 126 MB. */
export function writeNode(artifactFolder: string): void {
  writeFileSync(join(artifactFolder, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
}
