import { isAllowed, mqttProxyService } from '../../authorization/access-control.ts'
import type { ConfigStore } from '../../config/config-store.ts'
import type { MqttMessage, MqttProxy } from '../../mqtt/mqtt-proxy.ts'
import { type Operation, type OperationCall, operationPrefix } from '../operation.ts'
import { optionalNumber, optionalText, type RequestFields } from '../request-fields.ts'
import { invalidArguments, ServiceModelError, serviceError, unauthorized } from '../service-error.ts'

/** The MQTT proxy: components speak to AWS IoT Core over the nucleus's own connection. */
export function iotCoreOperations(config: ConfigStore, mqtt: MqttProxy): [string, Operation][] {
  return [
    ['PublishToIoTCore', { streaming: false, handle: call => publish(config, mqtt, call) }],
    ['SubscribeToIoTCore', { streaming: true, handle: call => subscribe(config, mqtt, call) }],
  ]
}

function publish(config: ConfigStore, mqtt: MqttProxy, call: OperationCall): object {
  const topic = authorizedTopic(config, call, 'PublishToIoTCore')
  const payload = optionalText(call.request, 'payload')
  if (payload === undefined) throw invalidArguments('Payload cannot be null')
  const qos = requestedQos(call.request)
  const responseTopic = optionalText(call.request, 'responseTopic')
  const correlationData = optionalText(call.request, 'correlationData')
  const contentType = optionalText(call.request, 'contentType')
  const messageExpiryIntervalSeconds = optionalNumber(call.request, 'messageExpiryIntervalSeconds')
  const message: MqttMessage = {
    topic,
    qos,
    payload: Buffer.from(payload, 'base64'),
    retain: call.request['retain'] === true,
    payloadFormat: call.request['payloadFormat'] === '1' ? 'utf8' : 'bytes',
    userProperties: readUserProperties(call.request['userProperties']),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData, 'base64') }),
    ...(contentType !== undefined && { contentType }),
    ...(messageExpiryIntervalSeconds !== undefined && { messageExpiryIntervalSeconds }),
  }
  try {
    mqtt.publish(message)
  } catch (error) {
    throw serviceError(`Publish to topic ${topic} failed: ${messageOf(error)}`)
  }
  return {}
}

async function subscribe(config: ConfigStore, mqtt: MqttProxy, call: OperationCall): Promise<object> {
  const filter = authorizedTopic(config, call, 'SubscribeToIoTCore')
  const qos = requestedQos(call.request)
  const subscription = mqtt.subscribe(filter, qos, message => {
    call.emit('IoTCoreMessage', { message: toIpc(message) })
  })
  call.onEnd(subscription.cancel)
  try {
    await subscription.granted
  } catch (error) {
    throw serviceError(`Subscribe to topic ${filter} failed with error ${messageOf(error)}`)
  }
  return {}
}

function authorizedTopic(config: ConfigStore, call: OperationCall, operation: string): string {
  const topic = optionalText(call.request, 'topicName')
  if (topic === undefined) throw invalidArguments('Topic cannot be null')
  const request = {
    component: call.component,
    service: mqttProxyService,
    operation: operationPrefix + operation,
    resource: topic,
  }
  if (!isAllowed(config.tree, request)) throw unauthorized('Not Authorized')
  return topic
}

function requestedQos(request: RequestFields): 0 | 1 {
  const qos = optionalText(request, 'qos')
  if (qos === undefined) throw invalidArguments('QoS cannot be null')
  if (qos === '0') return 0
  if (qos === '1') return 1
  throw invalidArguments(`Invalid QoS value: ${qos}`)
}

function toIpc(message: MqttMessage): object {
  return {
    topicName: message.topic,
    payload: Buffer.from(message.payload).toString('base64'),
    retain: message.retain,
    payloadFormat: message.payloadFormat === 'utf8' ? '1' : '0',
    ...(message.userProperties.length > 0 && { userProperties: message.userProperties }),
    ...(message.responseTopic !== undefined && { responseTopic: message.responseTopic }),
    ...(message.contentType !== undefined && { contentType: message.contentType }),
    ...(message.correlationData !== undefined && {
      correlationData: Buffer.from(message.correlationData).toString('base64'),
    }),
    ...(message.messageExpiryIntervalSeconds !== undefined && {
      messageExpiryIntervalSeconds: message.messageExpiryIntervalSeconds,
    }),
  }
}

function readUserProperties(value: unknown): MqttMessage['userProperties'] {
  if (!Array.isArray(value)) return []
  return value.map((property: unknown) => {
    const { key, value: text } = property as Record<string, unknown>
    if (typeof key !== 'string' || typeof text !== 'string') {
      throw new ServiceModelError('InvalidArgumentsError', 'A user property is not a pair of strings')
    }
    return { key, value: text }
  })
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
