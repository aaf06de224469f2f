import type { Environment } from './environment.ts'
import { openConnection } from './greengrass-ipc/connection.ts'
import { getConfiguration } from './greengrass-ipc/operations.ts'
import type { IdentityStore } from './identities/identity-store.ts'
import { askForSettings } from './identities/pkcs11/ask-for-settings.ts'
import { provider } from './identities/pkcs11/token-settings.ts'
import { unusableStore } from './identities/unusable-store.ts'
import { filesHome, type KeyHome } from './keys/key-home.ts'
import type { Log } from './log.ts'
import type { Location } from './nucleus/locate-identity.ts'
import { childProbe } from './probe/child-probe.ts'
import { noProbe, type Probe } from './probe/probe.ts'
import { askOnFiles, askOnToken } from './tasks/ask-child.ts'
import { childIdentityStore, tokenHome } from './tasks/child-identity-store.ts'
import type { TaskRunnerOptions } from './tasks/run-task.ts'

/** Everything that depends on where the identities are. */
export interface IdentityParts {
  store: IdentityStore
  home: KeyHome
  probe: Probe
}

export interface IdentityFacts {
  environment: Environment
  /** Of this process; the library of an HSM finds its token by some of them. */
  variables: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  runner: TaskRunnerOptions
  log: Log
}

const callTimeoutMs = 30_000

export function identitiesAt(location: Location, facts: IdentityFacts): IdentityParts {
  const { environment, platform, runner, log } = facts
  const { root, thingName, workFolder } = environment
  if (!location.ok) {
    return { store: unusableStore(location.problem), home: filesHome(platform), probe: noProbe }
  }
  if (location.store === 'files') {
    return {
      store: childIdentityStore(askOnFiles(runner, location), workFolder),
      home: filesHome(platform),
      probe: childProbe(runner, { root, thingName, paths: location }, log),
    }
  }
  const ask = askOnToken(
    { ...runner, variables: withoutSecrets(facts.variables) },
    askForSettings(askProvider(facts), location.label),
  )
  // Node's TLS takes no key that it is not given, and a token gives none away; what is refused shows after the switch.
  return { store: childIdentityStore(ask, workFolder), home: tokenHome(ask), probe: noProbe }
}

/** Over a connection of its own, which is there as soon as Greengrass has started this process. */
const askProvider =
  ({ environment, runner: { timers } }: IdentityFacts) =>
  async (): Promise<unknown> => {
    const connection = await openConnection({ ...environment, timers, callTimeoutMs })
    try {
      return await getConfiguration(connection, provider)
    } finally {
      connection.close()
    }
  }

/** By these a process speaks to Greengrass in the component's name, or tells Node what to load. */
const secret = /^(?:SVCUID|AWS_CONTAINER_AUTHORIZATION_TOKEN|NODE_.*)$/u

const withoutSecrets = (variables: IdentityFacts['variables']): IdentityFacts['variables'] =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !secret.test(name)))
