import { subscriptions } from '@rotator/protocol/topics'
import type { DeviceEvent } from '@rotator/rotation/device/events'
import type { ServiceDigest } from '@rotator/rotation/device/state'
import type { Environment } from './environment.ts'
import { GreengrassLink } from './greengrass-link.ts'
import type { FileSystem } from './identities/files/file-system.ts'
import type { IdentityStore } from './identities/identity-store.ts'
import { Journal } from './journal/journal.ts'
import type { KeyHome } from './keys/key-home.ts'
import type { Log } from './log.ts'
import { Alarms } from './loop/alarms.ts'
import { Hearing } from './loop/hearing.ts'
import { Loop } from './loop/loop.ts'
import { Outbox } from './loop/outbox.ts'
import { perform } from './loop/performer.ts'
import type { Probe } from './probe/probe.ts'
import type { Restart } from './restart/restart.ts'
import type { Timers } from './timers.ts'

export interface ComponentParts {
  environment: Environment
  /** The life of Greengrass that started this process. */
  service: ServiceDigest
  fs: FileSystem
  store: IdentityStore
  /** Where the store keeps its keys. */
  home: KeyHome
  probe: Probe
  restart: Restart
  timers: Timers
  /** From 0 to 1. */
  random: () => number
  /** The user that the journal is kept for. */
  owner: { uid: number; gid: number }
  log: Log
  onCrash: (error: unknown) => void
}

/** How long after a failed publish it is tried again, in milliseconds. */
const publishRetryMs = 10_000

/** Puts the component together and sets it going. */
export function startComponent(parts: ComponentParts): { stop(): void } {
  const { environment, timers } = parts
  const hearing = new Hearing()
  const link = new GreengrassLink({
    ...parts,
    topics: subscriptions(environment.thingName),
    onMessage: (topic, payload) => {
      loop.receive(topic, payload)
    },
    onUp: () => {
      hearing.tell(false)
      void outbox.up()
    },
    onDown: isDeaf => {
      hearing.tell(isDeaf)
      outbox.down()
    },
  })
  const outbox = outboxOver(link, parts)
  const onAlarm = (event: DeviceEvent): void => {
    loop.give(event)
  }
  const alarms = new Alarms(timers, parts.random, onAlarm, hearing)
  const restart = subscribingAgain(parts.restart, link)
  const loop = new Loop({
    ...parts,
    thing: environment.thingName,
    journal: new Journal(parts.fs, environment.workFolder, parts.owner),
    outbox,
    configured: async () => link.configured(),
    perform: async effect =>
      perform(
        {
          ...parts,
          thing: environment.thingName,
          restart,
          outbox,
          alarms,
          deferUpdates: isDeferred => {
            link.deferUpdates(isDeferred)
          },
          now: () => timers.now(),
        },
        effect,
      ),
  })
  loop.start()
  link.open()
  return {
    stop: () => {
      loop.stop()
      alarms.stop()
      link.close()
    },
  }
}

const outboxOver = (
  link: Pick<GreengrassLink, 'publish'>,
  { timers, log }: Pick<ComponentParts, 'timers' | 'log'>,
): Outbox =>
  new Outbox({
    publish: async (...message) => link.publish(...message),
    timers,
    log,
    retryMs: publishRetryMs,
  })

/** Where this process goes on over a restart, its subscriptions may be dead without a word. */
const subscribingAgain = (restart: Restart, link: Pick<GreengrassLink, 'subscribeAgain'>): Restart => ({
  request: async () => {
    const outcome = await restart.request()
    if (outcome.ok && outcome.service !== undefined) link.subscribeAgain()
    return outcome
  },
})
