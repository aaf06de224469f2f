import { CancelJobCommand, CreateJobCommand, DeleteJobCommand } from '@aws-sdk/client-iot'
import { UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane'
import { devicePolicyName } from '../fleet/device-policy.ts'
import { createRotationJob } from '../operator/jobs.ts'
import { attachExclusively, createThing, detach } from '../operator/registry.ts'
import { type BareIdentity, issueByHand, makeKey } from '../whole/bare-device.ts'
import { functionNames } from '../whole/function-calls.ts'
import type { World } from '../whole/world.ts'
import { invoke } from './invocation.ts'

/** A thing whose device never connects: what it would say is given to the functions as the rules would give it. */
export interface Subject {
  thingName: string
  thingArn: string
  old: BareIdentity & { certificateArn: string }
}

export interface Execution {
  jobId: string
  executionNumber: number
}

let made = 0

export async function newSubject(world: World): Promise<Subject> {
  made += 1
  const thingName = `subject-${made}`
  const old = await issueByHand(world)
  const thing = { thingName, thingGroupName: 'core-devices', policyName: devicePolicyName }
  await createThing(world.clients.iot, { ...thing, certificateArn: old.certificateArn })
  return { thingName, thingArn: world.cloud.services.registry.thingArn(thingName), old }
}

/** An operator replaces the thing's certificates by one of his own. */
export async function replaceByHand(
  world: World,
  { thingName }: Subject,
  ids: readonly string[],
): Promise<string> {
  const { iot } = world.clients
  const { certificateId, certificateArn } = await issueByHand(world)
  await attachExclusively(iot, thingName, certificateArn)
  for (const id of ids) await detach(iot, thingName, id)
  return certificateId
}

export async function begin(world: World, { thingArn, thingName }: Subject): Promise<Execution> {
  const jobId = await createRotationJob(world.clients.iot, thingArn)
  await report(world, thingName, jobId, 'IN_PROGRESS')
  return { jobId, executionNumber: 1 }
}

/** A job of another team's, which asks for no rotation and is open. */
export async function otherJob(
  { clients: { iot } }: World,
  { thingArn, thingName }: Subject,
): Promise<string> {
  const jobId = `of-another-team-${thingName}`
  await iot.send(new CreateJobCommand({ jobId, targets: [thingArn], document: '{}' }))
  return jobId
}

export async function report(
  { clients: { jobs } }: World,
  thingName: string,
  jobId: string,
  status: 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED',
): Promise<void> {
  const statusDetails = { CertificateRotator: 'true', executionNumber: '1', phase: 'ask' }
  await jobs.send(new UpdateJobExecutionCommand({ jobId, thingName, status, statusDetails }))
}

/** The job goes, and with it its execution. */
export async function deleteJob({ clients: { iot } }: World, jobId: string): Promise<void> {
  await iot.send(new CancelJobCommand({ jobId, force: true })).catch(() => undefined)
  await iot.send(new DeleteJobCommand({ jobId, force: true }))
}

const fromDevice = (kind: 'create' | 'commit', { thingName }: Subject, principal: string) => ({
  topic: `awslabs/things/${thingName}/certificate/${kind}`,
  thingName,
  clientId: thingName,
  principal,
  receivedAtMs: Date.now(),
})

/** The event of a create. */
export async function createEvent(
  subject: Subject,
  execution: Execution,
  principal = subject.old.certificateId,
) {
  const { csr } = await makeKey()
  return { ...execution, csr, ...fromDevice('create', subject, principal) }
}

/** The event of a commit over a certificate that the device takes for its own. */
export const commitEvent = (
  subject: Subject,
  execution: Execution,
  certificateId: string,
  more: { confirmed?: boolean } = {},
) => ({ ...execution, certificateId, turn: 0, ...more, ...fromDevice('commit', subject, certificateId) })

interface Created {
  subject: Subject
  execution: Execution
  newId: string
}

/** A thing with a certificate made for an execution. */
export async function created(world: World): Promise<Created> {
  const subject = await newSubject(world)
  return createOver(world, subject, subject.old.certificateId)
}

async function createOver(world: World, subject: Subject, principal: string): Promise<Created> {
  const execution = await begin(world, subject)
  const { principals } = world.cloud.services.registry
  const before = principals.principalsOf(subject.thingName)
  const ending = await invoke(world, functionNames.create, await createEvent(subject, execution, principal))
  const newArn = principals.principalsOf(subject.thingName).find(arn => !before.includes(arn))
  if (newArn === undefined) throw new Error(`Nothing was made for ${subject.thingName}: ${ending}`)
  return { subject, execution, newId: newArn.slice(newArn.indexOf('cert/') + 5) }
}

/** A thing that has been settled on its new certificate, and whose old one waits to be retired. */
export async function settled(world: World): Promise<{ subject: Subject; newId: string }> {
  return settle(world, await created(world))
}

/** The same a second time: what the first rotation made waits to be retired. */
export async function settledTwice(world: World): Promise<{ subject: Subject; firstId: string }> {
  const { subject, newId: firstId } = await settled(world)
  await settle(world, await createOver(world, subject, firstId))
  return { subject, firstId }
}

async function settle(world: World, { subject, execution, newId }: Created) {
  for (const more of [{}, { confirmed: true }])
    await invoke(world, functionNames.commit, commitEvent(subject, execution, newId, more))
  await deleteJob(world, execution.jobId)
  return { subject, newId }
}
