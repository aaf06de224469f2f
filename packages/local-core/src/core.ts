import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { type Clock, systemClock } from './clock.ts'
import { type ControlRequest, parseControlRequest } from './control/control-request.ts'
import { startControlServer } from './control/control-server.ts'
import type { CoreOptions } from './core-options.ts'
import type { DeploymentResult } from './deployments/deployment.ts'
import { killLeftovers, rootVariable, writeProcessGroups } from './lifecycle/process-group.ts'
import { shellProcesses } from './lifecycle/shell-process.ts'
import { loadCrt } from './mqtt/crt-library.ts'
import { createMessageFaults, type MessageFaults } from './mqtt/message-faults.ts'
import { type NetworkLink, openNetworkLink } from './mqtt/network-link.ts'
import { openCloud } from './mqtt/open-cloud.ts'
import { type Nucleus, type NucleusEvent, startNucleus } from './nucleus/nucleus.ts'
import { placePackage } from './provision/provision-core.ts'
import { type RootLayout, rootLayout } from './provision/root-layout.ts'
import { createSupervisor, type Supervisor, type SupervisorEvent } from './supervisor/supervisor.ts'
import { installSystemctl } from './systemctl/install-systemctl.ts'
import { surroundingUnits } from './systemctl/unit-command.ts'
import { fastTimings, realTimings, type Timings } from './timings.ts'

/** Everything that a core tells, one JSON line each, with the time in milliseconds. */
export type CoreEvent =
  | SupervisorEvent
  | NucleusEvent
  | { readonly event: 'leftovers-killed'; readonly pids: readonly number[] }
  | { readonly event: 'deployment'; readonly deploymentId: string; readonly result: DeploymentResult }

export interface Core {
  readonly stop: () => Promise<void>
  /** Settles when a request on the control socket has stopped the core. */
  readonly stopped: Promise<void>
}

interface CoreParts {
  readonly layout: RootLayout
  readonly clock: Clock
  readonly timings: Timings
  readonly network: NetworkLink
  readonly faults: MessageFaults
  readonly supervisor: Supervisor
  readonly nucleus: () => Nucleus | undefined
  readonly tell: (event: CoreEvent) => void
}

/** Starts supervisor, nucleus and component on a provisioned root; `write` gets the event lines. */
export async function startCore(options: CoreOptions, write: (line: string) => void): Promise<Core> {
  const layout = rootLayout(options.root)
  if (!existsSync(layout.configFolder)) {
    throw new Error(
      `${layout.root} is no Greengrass root folder (it has no config folder); provision it first.`,
    )
  }
  const clock = systemClock
  const timings = options.fast ? fastTimings : realTimings
  const tell = (event: CoreEvent) => write(`${JSON.stringify({ ...event, at: clock.now() })}\n`)
  const killRest = () => {
    const pids = killLeftovers(layout.processGroupsFile, layout.root)
    if (pids.length > 0) tell({ event: 'leftovers-killed', pids })
  }
  killRest()
  installSystemctl(layout, process.execPath)
  const network = await openNetworkLink()
  const faults = createMessageFaults(clock)
  const crt = await loadCrt()
  let nucleus: Nucleus | undefined
  const supervisor = createSupervisor({
    clock,
    mainPid: process.pid,
    unitNames: surroundingUnits(readFileSync('/proc/self/cgroup', 'utf8')),
    startService: async () => {
      const started = await startNucleus({
        layout,
        clock,
        random: Math.random,
        timings,
        startProcess: shellProcesses(clock, componentBaseEnvironment(layout)),
        cloud: settings => request => openCloud({ crt, settings, timings, network }, request),
        faults,
        emptyPathsInEffectiveConfig: options.emptyPathsInEffectiveConfig,
        processGroupsChanged: groups => writeProcessGroups(layout.processGroupsFile, groups),
        tell,
      })
      nucleus = started
      return { stop: () => started.stop().finally(killRest) }
    },
    restartDelayMs: timings.serviceRestartMs,
    tell,
  })
  return serve({ layout, clock, timings, network, faults, supervisor, tell, nucleus: () => nucleus })
}

/** Opens the control socket, then starts the nucleus. */
async function serve(parts: CoreParts): Promise<Core> {
  const stopped = Promise.withResolvers<void>()
  const stop = async () => {
    await parts.supervisor.stop()
    await control.close()
    await parts.network.close()
    stopped.resolve()
  }
  const control = await startControlServer(parts.layout.controlSocket, request =>
    handleControl(parts, parseControlRequest(request), stop),
  )
  await parts.supervisor.start()
  return { stop, stopped: stopped.promise }
}

function runningNucleus(parts: CoreParts): Nucleus {
  const nucleus = parts.nucleus()
  if (nucleus !== undefined && parts.supervisor.service() !== undefined) return nucleus
  throw new Error('The nucleus is not running at the moment; wait for the event "started".')
}

/** As those of a nucleus, components have its environment: a PKCS#11 library finds its token by variables of its own. */
function componentBaseEnvironment(layout: RootLayout): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return {
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...Object.fromEntries(inherited),
    PATH: `${layout.binFolder}${delimiter}${process.env['PATH'] ?? ''}`,
    [rootVariable]: layout.root,
  }
}

async function handleControl(
  parts: CoreParts,
  request: ControlRequest,
  stop: () => Promise<void>,
): Promise<unknown> {
  switch (request.command) {
    case 'status':
      return status(parts)
    case 'restart':
      return parts.supervisor.restart()
    case 'stop':
      // The reply goes out first: stopping closes this very connection.
      parts.clock.after(0, () => void stop())
      return undefined
    case 'systemctl':
      return parts.supervisor.systemctl(request.args)
    case 'deploy':
      return runDeployment(parts, request)
    case 'message-faults':
      return parts.faults.set(request.faults)
    case 'network':
      return parts.network.set(request.state)
    case 'restart-fault':
      return parts.supervisor.setRestartFault(request.fault)
  }
}

function status(parts: CoreParts): object {
  return {
    pid: process.pid,
    running: parts.supervisor.service() !== undefined,
    network: parts.network.state(),
    messageFaultsFired: parts.faults.fired(),
    restartFaultsFired: parts.supervisor.restartFaultsFired(),
    restarts: parts.supervisor.restarts(),
    ...(parts.supervisor.service() !== undefined && runningNucleus(parts).status()),
  }
}

async function runDeployment(
  parts: CoreParts,
  request: Extract<ControlRequest, { command: 'deploy' }>,
): Promise<DeploymentResult> {
  const deploymentId = request.deploymentId ?? randomUUID()
  const changes = request.changes.map(change => {
    const { component, merge, reset, recipeFile, artifactFolder } = change
    if (recipeFile === undefined) return { component, merge, reset }
    const recipe = placePackage(parts.layout, {
      recipe: readFileSync(recipeFile, 'utf8'),
      ...(artifactFolder !== undefined && { artifactFolder }),
    })
    return { component, merge, reset, recipe }
  })
  const result = await runningNucleus(parts).deploy({
    deploymentId,
    changes,
    notifyComponents: request.notifyComponents,
    isGgcRestarting: request.isGgcRestarting,
    deferTimeoutMs: request.deferTimeoutMs ?? parts.timings.deferTimeoutMs,
    validationTimeoutMs: request.validationTimeoutMs ?? parts.timings.validationTimeoutMs,
  })
  parts.tell({ event: 'deployment', deploymentId, result })
  return result
}
