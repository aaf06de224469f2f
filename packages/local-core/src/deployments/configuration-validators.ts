import type { ConfigMap } from '../config/config-tree.ts'

export interface ConfigurationProposal {
  readonly configuration: ConfigMap
  readonly deploymentId: string
}

export interface ValidityReport {
  readonly accepted: boolean
  readonly message: string
}

/** Components that want to judge their new configuration before it is deployed. */
export interface ConfigurationValidators {
  /** Only a component's first validator counts, as in the nucleus; the answer removes it. */
  readonly add: (component: string, ask: (proposal: ConfigurationProposal) => void) => () => void
  /** Asks; undefined where the component has no validator. `withdraw` makes later reports late. */
  readonly ask: (
    component: string,
    proposal: ConfigurationProposal,
  ) => { readonly report: Promise<ValidityReport>; readonly withdraw: () => void } | undefined
  /** False where nothing was asked, or the report comes too late. */
  readonly report: (component: string, deploymentId: string, report: ValidityReport) => boolean
}

export function createConfigurationValidators(): ConfigurationValidators {
  const validators = new Map<string, (proposal: ConfigurationProposal) => void>()
  const waiting = new Map<string, (report: ValidityReport) => void>()
  const keyOf = (component: string, deploymentId: string) => JSON.stringify([component, deploymentId])
  return {
    add: (component, ask) => {
      if (!validators.has(component)) validators.set(component, ask)
      return () => validators.delete(component)
    },
    ask: (component, proposal) => {
      const validator = validators.get(component)
      if (validator === undefined) return undefined
      const key = keyOf(component, proposal.deploymentId)
      const report = new Promise<ValidityReport>(resolve => {
        waiting.set(key, resolve)
      })
      validator(proposal)
      return { report, withdraw: () => waiting.delete(key) }
    },
    report: (component, deploymentId, report) => {
      const key = keyOf(component, deploymentId)
      const resolve = waiting.get(key)
      waiting.delete(key)
      resolve?.(report)
      return resolve !== undefined
    },
  }
}
