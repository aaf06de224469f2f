import { invalidRequest } from '../api/aws-error.ts'
import { queryFlag, requiredString } from '../api/input.ts'
import type { Caller, RestOperation } from '../api/operation.ts'
import { awsLimits } from './limits.ts'
import type { MessageBus } from './message-bus.ts'
import { isTopic } from './topics.ts'

/** `Publish` of the IoT data plane: a message from a caller that has no connection. */
export function publishOperations(bus: MessageBus): RestOperation[] {
  return [
    {
      service: 'iotdata',
      name: 'Publish',
      method: 'POST',
      path: '/topics/{topic+}',
      handle({ params, query, rawBody, caller }) {
        const topic = requiredString(params, 'topic')
        if (!isTopic(topic, awsLimits)) throw invalidRequest(`The topic ${topic} is not valid`)
        if (topic.startsWith('$')) throw invalidRequest(`The topic ${topic} is reserved`)
        if (rawBody.length > awsLimits.payloadBytes)
          throw invalidRequest(`The payload exceeds ${awsLimits.payloadBytes} bytes`)
        const source = { kind: 'http', principal: principalOf(caller) } as const
        const retain = queryFlag(query, 'retain')
        bus.publish({ topic, payload: rawBody, qos: qosIn(query), retain, source })
      },
    },
  ]
}

function qosIn(query: URLSearchParams): 0 | 1 {
  const qos = query.get('qos') ?? '0'
  if (qos !== '0' && qos !== '1') throw invalidRequest(`The qos ${qos} is not supported. Use 0 or 1`)
  return qos === '1' ? 1 : 0
}

function principalOf({ certificateId, accessKeyId }: Caller): string {
  return certificateId ?? accessKeyId ?? ''
}
