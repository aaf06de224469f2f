import type { IpcConnection } from './connection.ts'

/** What this component asks of the nucleus, one function an operation of Greengrass IPC. */
type Caller = Pick<IpcConnection, 'call'>

/** At least once: what the nucleus keeps while it is offline, and hands over when it is not. */
const atLeastOnce = '1'
/** At most once: while it is offline the nucleus refuses it, instead of collecting one copy after the other. */
const atMostOnce = '0'

export async function publishToIotCore(
  caller: Caller,
  topicName: string,
  payload: string,
  once: boolean,
): Promise<void> {
  await caller.call('PublishToIoTCore', {
    topicName,
    qos: once ? atMostOnce : atLeastOnce,
    payload: Buffer.from(payload).toString('base64'),
  })
}

/** The classic nucleus answers only after AWS IoT has; offline this call ends in a timeout. */
export async function subscribeToIotCore(
  caller: Caller,
  topicName: string,
  onMessage: (topic: string, payload: string) => void,
): Promise<void> {
  await caller.call('SubscribeToIoTCore', { topicName, qos: atLeastOnce }, event => {
    const { topicName, payload = '' } = Object(Object(event).message)
    if (typeof topicName !== 'string' || typeof payload !== 'string') return
    onMessage(topicName, Buffer.from(payload, 'base64').toString())
  })
}

/**
 * @param componentName another component than this one
 * @returns the configuration of the component, whatever it is.
 */
export async function getConfiguration(caller: Caller, componentName?: string): Promise<unknown> {
  return Object(await caller.call('GetConfiguration', { componentName, keyPath: [] })).value
}

export interface ProposedConfiguration {
  deploymentId: string
  configuration: unknown
}

/** Nucleus Lite does not have it: then this throws an IpcError of code IPC_SERVICE_ERROR. */
export async function subscribeToProposedConfigurations(
  caller: Caller,
  onProposal: (proposal: ProposedConfiguration) => void,
): Promise<void> {
  await caller.call('SubscribeToValidateConfigurationUpdates', {}, event => {
    const proposal = Object(Object(event).validateConfigurationUpdateEvent)
    if (typeof proposal.deploymentId !== 'string') return
    onProposal({ deploymentId: proposal.deploymentId, configuration: proposal.configuration })
  })
}

export type Validity = { status: 'ACCEPTED' } | { status: 'REJECTED'; message: string }

/** Without a report within 20 s the deployment fails, so every proposal gets one. */
export async function reportValidity(
  caller: Caller,
  deploymentId: string,
  validity: Validity,
): Promise<void> {
  await caller.call('SendConfigurationValidityReport', {
    configurationValidityReport: { ...validity, deploymentId },
  })
}

/** Nucleus Lite does not have it either. */
export async function subscribeToComponentUpdates(
  caller: Caller,
  onBeforeUpdate: (deploymentId: string) => void,
): Promise<void> {
  await caller.call('SubscribeToComponentUpdates', {}, event => {
    const update = Object(Object(event).preUpdateEvent)
    if (typeof update.deploymentId === 'string') onBeforeUpdate(update.deploymentId)
  })
}

/** @param recheckAfterMs 0 lets the update go on. */
export async function deferComponentUpdate(
  caller: Caller,
  deploymentId: string,
  recheckAfterMs: number,
): Promise<void> {
  await caller.call('DeferComponentUpdate', { deploymentId, recheckAfterMs })
}
