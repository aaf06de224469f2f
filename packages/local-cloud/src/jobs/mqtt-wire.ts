import type { MessageFaults } from '../faults/message-faults.ts'
import type { MessageBus, MqttSource } from '../mqtt/message-bus.ts'
import { describeExecution, pendingOf, startNext, updateExecution } from './device-operations.ts'
import {
  DeviceRequestRejected,
  invalid,
  parseDescribe,
  parseStartNext,
  parseUpdate,
  type RejectedCode,
} from './device-request.ts'
import { type Engine, settle } from './engine.ts'
import {
  describedExecution,
  executionState,
  pendingLists,
  seconds,
  updatedExecution,
} from './execution-view.ts'
import { isObject, type Members } from './members.ts'

const form = 'parsedDocument'
const jobsTopic = /^\$aws\/things\/([^/]+)\/jobs\/(.+)$/

/**
 * The device side of Jobs by MQTT. Requests are published to `$aws/things/{thing}/jobs/…`; each is answered on its own
 * topic plus `/accepted` or `/rejected`, to the requester's connection alone.
 */
export function serveMqtt(engine: Engine, bus: MessageBus, faults: MessageFaults): void {
  bus.reserve({
    matches: topic => jobsTopic.test(topic),
    receive(message) {
      const { topic, payload, source } = message
      faults.pass(topic, () => settle(engine, () => answer(engine, faults, topic, payload, source)))
    },
  })
}

function answer(
  engine: Engine,
  faults: MessageFaults,
  topic: string,
  payload: Buffer,
  source: MqttSource,
): void {
  const reply = (outcome: 'accepted' | 'rejected', body: Members): void => {
    const replyTopic = `${topic}/${outcome}`
    const bytes = Buffer.from(JSON.stringify(body))
    faults.pass(replyTopic, () => source.reply(replyTopic, bytes))
  }
  const timestamp = seconds(engine.clock.now())
  let token: { clientToken?: string } = {}
  try {
    const refusal = faults.refusalOf(topic)
    if (refusal !== undefined) throw new DeviceRequestRejected(refusal as RejectedCode, 'Refused by a fault.')
    const operation = operationOf(topic)
    const body = parseBody(payload)
    token = clientToken(body)
    reply('accepted', { ...token, timestamp, ...operation(engine, body) })
  } catch (error) {
    if (!(error instanceof DeviceRequestRejected)) throw error
    const { code, message, execution } = error
    const state = execution === undefined ? {} : { executionState: executionState(execution) }
    reply('rejected', { code, message, ...token, timestamp, ...state })
  }
}

type Operation = (engine: Engine, body: Members) => Members

function operationOf(topic: string): Operation {
  const [, thing = '', rest = ''] = jobsTopic.exec(topic) ?? []
  if (rest === 'get') return engine => pendingLists(pendingOf(engine, thing))
  if (rest === 'start-next')
    return (engine, body) =>
      describedExecution(engine, startNext(engine, thing, parseStartNext(body)), {
        includeJobDocument: true,
        form,
      })
  const [jobId = '', verb, ...more] = rest.split('/')
  if (more.length === 0 && verb === 'get') return (engine, body) => describeByMqtt(engine, thing, jobId, body)
  if (more.length === 0 && verb === 'update')
    return (engine, body) => updateByMqtt(engine, thing, jobId, body)
  throw new DeviceRequestRejected('InvalidTopic', `Topic ${topic} does not map to any operation of Jobs.`)
}

function describeByMqtt(engine: Engine, thingName: string, jobId: string, body: Members): Members {
  const request = parseDescribe(body)
  return describedExecution(engine, describeExecution(engine, thingName, jobId, request), {
    ...request,
    form,
  })
}

function updateByMqtt(engine: Engine, thingName: string, jobId: string, body: Members): Members {
  const request = parseUpdate(body)
  const execution = updateExecution(engine, thingName, jobId, request)
  return updatedExecution(execution, request, form)
}

function parseBody(payload: Buffer): Members {
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    throw new DeviceRequestRejected('InvalidJson', 'The request is not valid UTF-8 encoded JSON.')
  }
  if (!isObject(body)) throw new DeviceRequestRejected('InvalidJson', 'The request is not a JSON object.')
  return body
}

/** Echoed only where it was sent. */
function clientToken(body: Members): { clientToken?: string } {
  const { clientToken } = body
  if (clientToken === undefined || clientToken === null) return {}
  if (typeof clientToken !== 'string' || Buffer.byteLength(clientToken) > 64)
    throw invalid("Value at 'clientToken' must be a string of at most 64 bytes")
  return { clientToken }
}
