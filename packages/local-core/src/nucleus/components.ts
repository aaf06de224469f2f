import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { isMap } from '../config/config-merge.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { readDeviceSettings } from '../config/device-settings.ts'
import { componentEnvironment } from '../lifecycle/component-environment.ts'
import {
  type ComponentEvent,
  type ComponentRunner,
  createComponentRunner,
} from '../lifecycle/component-runner.ts'
import type { StartProcess } from '../lifecycle/process-port.ts'
import type { RootLayout } from '../provision/root-layout.ts'
import type { Timings } from '../timings.ts'

/** The generic components of a configuration while a nucleus lives. */
export interface Components {
  readonly startAll: () => void
  readonly stopAll: () => Promise<void>
  readonly restart: (component: string) => Promise<void>
  readonly ownerOf: (authToken: string) => string | undefined
  readonly reportState: (component: string, state: 'RUNNING' | 'ERRORED') => boolean
  readonly states: () => Record<string, string>
}

export interface ComponentsOptions {
  readonly layout: RootLayout
  readonly config: ConfigStore
  readonly clock: Clock
  readonly timings: Timings
  readonly startProcess: StartProcess
  /** Hears of the process groups that run, as soon as they change. */
  readonly processGroupsChanged: (groups: readonly number[]) => void
  readonly tell: (event: ComponentEvent) => void
}

/** Each component gets an auth token of its own, new in each life of the nucleus. */
export function createComponents(options: ComponentsOptions): Components {
  const { layout, config } = options
  const runners = new Map<string, ComponentRunner>()
  const owners = new Map<string, string>()
  const tell = (event: ComponentEvent) => {
    if (event.event !== 'component-state') {
      options.processGroupsChanged([...runners.values()].flatMap(runner => runner.processGroups()))
    }
    options.tell(event)
  }
  const runnerOf = (component: string): ComponentRunner => {
    const existing = runners.get(component)
    if (existing !== undefined) return existing
    const authToken = randomBytes(8).toString('hex').toUpperCase()
    owners.set(authToken, component)
    const runner = createComponentRunner({
      component,
      tree: config.tree,
      environment: componentEnvironment(readDeviceSettings(config.tree), layout, authToken),
      workFolder: layout.workFolder(component),
      logFile: layout.logFile(component),
      startProcess: options.startProcess,
      clock: options.clock,
      timings: options.timings,
      tell,
    })
    runners.set(component, runner)
    return runner
  }
  return {
    startAll: () => {
      for (const component of genericComponents(config)) runnerOf(component).start()
    },
    stopAll: async () => {
      await Promise.all([...runners.values()].map(runner => runner.stop()))
    },
    restart: component => runnerOf(component).restart(),
    ownerOf: authToken => owners.get(authToken),
    reportState: (component, state) => {
      runners.get(component)?.report(state)
      return runners.has(component)
    },
    states: () => Object.fromEntries([...runners].map(([component, runner]) => [component, runner.state()])),
  }
}

function genericComponents(config: ConfigStore): string[] {
  const services = config.tree.get(['services'])
  if (!isMap(services)) return []
  return Object.entries(services).flatMap(([name, service]) =>
    isMap(service) && service['componentType'] === 'GENERIC' ? [name] : [],
  )
}
