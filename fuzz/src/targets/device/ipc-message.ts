import { serviceError } from '@rotator/component/greengrass-ipc/ipc-error'
import {
  getConfiguration,
  subscribeToComponentUpdates,
  subscribeToIotCore,
  subscribeToProposedConfigurations,
} from '@rotator/component/greengrass-ipc/operations'
import { chooseConfigured, readConfigured } from '@rotator/component/loop/configured'
import { jsonOf } from '../../mutation/json.ts'
import { headed, joinHead, splitHead, textOf } from '../../mutation/text.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

/** What Greengrass says in an answer or in an event of a subscription: the operation, and below it the body. */
export const ipcMessage: Target = {
  name: 'ipc-message',
  mutate: headed(
    textOf([]),
    jsonOf(['message', 'topicName', 'payload', 'value', 'preUpdateEvent', 'deploymentId', '_errorCode']),
  ),
  async execute(input) {
    const { head, body } = splitHead(input)
    const operation = operations[head.toString()]
    if (operation === undefined) return 'no such operation'
    return operation(body.toString())
  },
  seeds: () => ({
    message: joinHead(
      'SubscribeToIoTCore',
      '{"message":{"topicName":"$aws/things/dev1/jobs/notify-next","payload":"e30="}}',
    ),
    proposal: joinHead(
      'SubscribeToValidateConfigurationUpdates',
      '{"validateConfigurationUpdateEvent":{"configuration":{"keyAlgorithm":"ECDSA-P256","signingAlgorithm":"ECDSA-WITH-SHA256"},"deploymentId":"d-1"}}',
    ),
    update: joinHead(
      'SubscribeToComponentUpdates',
      '{"preUpdateEvent":{"deploymentId":"d-1","isGgcRestarting":false}}',
    ),
    configuration: joinHead(
      'GetConfiguration',
      '{"componentName":"aws.greengrass.labs.CertificateRotator","value":{"keyAlgorithm":"RSA-3072","signingAlgorithm":"SHA384WITHRSA"}}',
    ),
    error: joinHead('error', '{"_errorCode":"UnauthorizedError","_message":"Principal may not."}'),
    'error-text': joinHead('error', 'ServiceError'),
  }),
}

/** The connection parses the body before it hands it on; what is no JSON ends it there. */
const operations: Readonly<Record<string, (body: string) => string | Promise<string>>> = {
  async SubscribeToIoTCore(body) {
    const messages: string[] = []
    await subscribeToIotCore(saying(body), 'a', (topic, payload) => {
      claim(typeof topic === 'string' && typeof payload === 'string', 'a message is not two texts')
      const said = Object(Object(jsonOrNothing(body)).message)
      claim(topic === said.topicName, 'the topic is not the one in the event')
      messages.push(payload)
    })
    return `${messages.length} messages`
  },
  async SubscribeToValidateConfigurationUpdates(body) {
    const verdicts: string[] = []
    await subscribeToProposedConfigurations(saying(body), ({ deploymentId, configuration }) => {
      claim(typeof deploymentId === 'string', 'a proposal without a deployment')
      verdicts.push(judged(configuration))
    })
    return verdicts.join() || 'no proposal'
  },
  async SubscribeToComponentUpdates(body) {
    const updates: string[] = []
    await subscribeToComponentUpdates(saying(body), deploymentId => {
      claim(typeof deploymentId === 'string', 'an update without a deployment')
      updates.push(deploymentId)
    })
    return `${updates.length} updates`
  },
  async GetConfiguration(body) {
    return judged(await getConfiguration(saying(body)))
  },
  error(body) {
    const { message, serviceCode } = serviceError('GetConfiguration', body)
    claim(typeof serviceCode === 'string' && serviceCode !== '', 'an error without a name')
    claim(message.startsWith('Greengrass refused GetConfiguration with '), 'an error without a sentence')
    return `${serviceCode === body.trim() ? 'text' : 'an error'}, ${message.includes(': ') ? 'with' : 'without'} details`
  },
}

/** Greengrass, as far as one body goes. */
const saying = (body: string) => ({
  async call(_operation: string, _request: object, onEvent?: (event: unknown) => void): Promise<unknown> {
    const message = jsonOrNothing(body)
    if (message !== undefined) onEvent?.(message)
    return message
  },
})

/** An accepted configuration is one of the table, told by its names alone. */
function judged(configuration: unknown): string {
  const { keyAlgorithm, signingAlgorithm } = readConfigured(configuration)
  claim(typeof keyAlgorithm === 'string' && typeof signingAlgorithm === 'string', 'a setting is no text')
  const choice = chooseConfigured(configuration)
  if (!choice.ok) return wordsOf(choice.problem)
  const isOfCurve = /^ECDSA-P(?:256|384|521)$/u.test(keyAlgorithm)
  const fits = isOfCurve
    ? /^ECDSA-WITH-SHA(?:256|384|512)$/u.test(signingAlgorithm)
    : /^RSA-(?:2048|3072)$/u.test(keyAlgorithm) &&
      /^SHA(?:256|384|512)WITHRSA(?:ANDMGF1)?$/u.test(signingAlgorithm)
  claim(fits, `${keyAlgorithm} with ${signingAlgorithm} was accepted`)
  return 'accepted'
}
