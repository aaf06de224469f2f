import { isDeepStrictEqual } from 'node:util'
import { readMessage } from '@rotator/component/loop/incoming'
import { thingNameSchema } from '@rotator/protocol/ids'
import { advance } from '@rotator/rotation/device/advance'
import type { Message } from '@rotator/rotation/device/events'
import { decodeJournal, encodeJournal } from '@rotator/rotation/device/journal'
import { manyStates, myCsr, newId, oldId, x } from '@rotator/rotation/device/testing/states'
import * as v from 'valibot'
import { jsonOf } from '../../mutation/json.ts'
import { headed, joinHead, splitHead, textOf } from '../../mutation/text.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { claimShapes, isJobId, jsonOrNothing } from '../shapes.ts'

const thing = v.parse(thingNameSchema, 'dev1')
const configured = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' }
const jobs = '$aws/things/dev1/jobs'
const ours = 'awslabs/things/dev1/certificate'

/** What each of the nine subscriptions may bring, by the end of its topic. */
const promised: readonly [end: RegExp, kinds: readonly (Message['kind'] | 'nothing')[]][] = [
  [/^\$aws\/things\/dev1\/jobs\/notify-next$/u, ['next-job']],
  [/^\$aws\/things\/dev1\/jobs\/\$next\/get\/accepted$/u, ['next-job']],
  [/^\$aws\/things\/dev1\/jobs\/\$next\/get\/rejected$/u, ['next-job-rejected', 'nothing']],
  [/^\$aws\/things\/dev1\/jobs\/[^/]+\/get\/accepted$/u, ['job-described', 'nothing']],
  [/^\$aws\/things\/dev1\/jobs\/[^/]+\/get\/rejected$/u, ['job-not-described']],
  [/^\$aws\/things\/dev1\/jobs\/[^/]+\/update\/accepted$/u, ['job-update-accepted']],
  [/^\$aws\/things\/dev1\/jobs\/[^/]+\/update\/rejected$/u, ['job-update-rejected']],
  [/^awslabs\/things\/dev1\/certificate\/create\/accepted$/u, ['create-accepted']],
  [/^awslabs\/things\/dev1\/certificate\/create\/rejected$/u, ['create-rejected']],
  [/^awslabs\/things\/dev1\/certificate\/commit\/accepted$/u, ['commit-accepted']],
  [/^awslabs\/things\/dev1\/certificate\/commit\/rejected$/u, ['commit-rejected']],
]

const words = [
  ...Object.keys(x),
  ...'execution status jobDocument statusDetails certificatePem csrDigest turn code'.split(' '),
  ...'QUEUED IN_PROGRESS TIMED_OUT ROTATE_CERTIFICATE keyAlgorithm ECDSA-P256 dev10'.split(' '),
  ...'OLD_CERTIFICATE_IN_USE EXECUTION_OVER TRY_LATER InvalidStateTransition rotation-1'.split(' '),
  oldId,
  newId,
  myCsr,
  'rotator-SUCCEEDED-2',
  'clientToken',
  'executionState',
  'retryable',
  'confirmed',
]

/** An MQTT message to the device: the topic in the first line, the payload below. */
export const mqttMessage: Target = {
  name: 'mqtt-message',
  mutate: headed(textOf(['$next', '/', '+', 'accepted', 'rejected', 'get', 'update', 'dev1']), jsonOf(words)),
  execute(input) {
    const { head, body } = splitHead(input)
    const [topic, payload] = [head.toString(), body.toString()]
    const read = readMessage(thing, topic, payload, configured)
    if (!read.ok) return `refused: ${wordsOf(read.problem)}`
    const message = read.value
    const kinds = promised.find(([end]) => end.test(topic))?.[1] ?? []
    const kind = message?.kind ?? 'nothing'
    claim(kinds.includes(kind), `${topic} brought a ${kind}`)
    if (message === undefined) return 'nothing'
    claim(jsonOrNothing(payload) !== undefined, 'what is no JSON was taken for a message')
    claimMessage(message)
    return `${kind}: ${[...new Set(manyStates.map(state => phaseAfter(state, message)))].join()}`
  },
  seeds: () => seeds,
}

function claimMessage(message: Message): void {
  if ('reply' in message) claimShapes(message.reply)
  if ('rejection' in message) claimShapes(message.rejection)
  if (!('execution' in message) || message.execution === undefined) return
  claimShapes(message.execution)
  claim(isJobId(message.execution.jobId), 'an execution without a job was accepted')
}

/** Whatever a message says, the device can go on from the journal that it leaves. */
function phaseAfter(before: (typeof manyStates)[number], message: Message): string {
  const { state } = advance(before, message)
  const decoded = decodeJournal(encodeJournal(state))
  claim(decoded.ok, `in phase ${before.phase} it leads to a journal that cannot be read`)
  const written: unknown = JSON.parse(JSON.stringify({ ...state, live: decoded.value.live }))
  claim(
    isDeepStrictEqual(decoded.value, written),
    `in phase ${before.phase} it leads to a journal that says something else`,
  )
  return state.phase === before.phase ? '' : `${before.phase} > ${state.phase}`
}

const execution = {
  ...x,
  status: 'QUEUED',
  queuedAt: 1_767_225_600,
  versionNumber: 1,
  jobDocument: { operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 'ECDSA-P256' },
}
const issued = { ...x, certificatePem: 'PEM', certificateId: newId, csrDigest: myCsr }
const refusal = { errorMsg: 'It may not be.', retryable: false, ...x }
const jobRejected = {
  code: 'InvalidStateTransition',
  message: 'Status cannot be changed.',
  clientToken: 'rotator-SUCCEEDED-2',
  executionState: { status: 'TIMED_OUT', statusDetails: {}, versionNumber: 3 },
}
const message = (topic: string, payload: object): Buffer => joinHead(topic, JSON.stringify(payload))

const seeds = {
  'notify-next': message(`${jobs}/notify-next`, { timestamp: 1_767_225_600, execution }),
  'notify-nothing': message(`${jobs}/notify-next`, { timestamp: 1_767_225_600 }),
  'next-accepted': message(`${jobs}/$next/get/accepted`, { clientToken: 'a', execution }),
  'next-rejected': message(`${jobs}/$next/get/rejected`, { code: 'RequestThrottled' }),
  'get-accepted': message(`${jobs}/rotation-1/get/accepted`, {
    execution: { ...execution, status: 'TIMED_OUT', statusDetails: { phase: 'commit' } },
  }),
  'get-rejected': message(`${jobs}/rotation-1/get/rejected`, {
    code: 'ResourceNotFound',
    clientToken: 'rotator-get-2',
  }),
  'update-accepted': message(`${jobs}/rotation-1/update/accepted`, {
    clientToken: 'rotator-SUCCEEDED-2',
    timestamp: 1,
  }),
  'update-rejected': message(`${jobs}/rotation-1/update/rejected`, jobRejected),
  'create-accepted': message(`${ours}/create/accepted`, issued),
  'create-accepted-v1': message(`${ours}/create/accepted`, { certificatePem: 'PEM' }),
  'create-rejected': message(`${ours}/create/rejected`, {
    ...refusal,
    code: 'CSR_INVALID',
    csrDigest: myCsr,
  }),
  'create-over': message(`${ours}/create/rejected`, {
    ...refusal,
    code: 'EXECUTION_NOT_IN_PROGRESS',
    csrDigest: myCsr,
  }),
  'commit-accepted': message(`${ours}/commit/accepted`, { ...x, certificateId: newId, turn: 0 }),
  'commit-confirmed': message(`${ours}/commit/accepted`, {
    ...x,
    certificateId: newId,
    turn: 0,
    confirmed: true,
  }),
  'commit-accepted-v1': message(`${ours}/commit/accepted`, {}),
  'commit-rejected': message(`${ours}/commit/rejected`, {
    ...refusal,
    code: 'OLD_CERTIFICATE_IN_USE',
    certificateId: oldId,
    turn: 1,
  }),
  'commit-rejected-v1': message(`${ours}/commit/rejected`, { errorMsg: 'Pre-conditions not met' }),
}
