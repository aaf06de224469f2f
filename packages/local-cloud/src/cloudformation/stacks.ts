import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { assetsBeside } from './assets.ts'
import { type ProviderDependencies, providerTable } from './provider-table.ts'
import { type Deployment, Stack } from './stack.ts'
import { validationError } from './template.ts'

export interface DeployedStack {
  name: string
  outputs: Readonly<Record<string, string>>
  resources: readonly { logicalId: string; type: string; physicalId: string }[]
}

/** The stacks of the account, by name: that of the template's file, `<name>.template.json`. */
export class Stacks {
  readonly #deps: Omit<ProviderDependencies, 'assets'>
  readonly #stacks = new Map<string, Stack>()
  #running: Promise<unknown> = Promise.resolve()

  constructor(deps: Omit<ProviderDependencies, 'assets'>) {
    this.#deps = deps
  }

  /** Deploys a synthesized template; again, to update. Deployments follow one another. */
  deploy(templatePath: string, deployment: Deployment = {}): Promise<DeployedStack> {
    const deployed = this.#running.then(() => this.#deploy(templatePath, deployment))
    this.#running = deployed.catch(() => undefined)
    return deployed
  }

  async #deploy(templatePath: string, deployment: Deployment): Promise<DeployedStack> {
    if (!existsSync(templatePath))
      throw validationError(`There is no template ${templatePath}. Synthesize it, or correct its path.`)
    const template = readFileSync(templatePath, 'utf8')
    const name = path.basename(templatePath).replace(/(\.template)?\.json$/, '')
    const stack = this.#stacks.get(name) ?? new Stack(name, this.#deps)
    this.#stacks.set(name, stack)
    await stack.deploy(
      template,
      providerTable({ ...this.#deps, assets: assetsBeside(templatePath) }),
      deployment,
    )
    return {
      name,
      outputs: stack.outputs,
      resources: [...stack.resources.values()].map(({ logicalId, type, made }) => ({
        logicalId,
        type,
        physicalId: made.physicalId,
      })),
    }
  }
}
