import { firstCsr, type RotationWorld } from '@rotator/backend/testing/rotation-world'
import { claim } from '../../target.ts'
import { isThingName, jsonOrNothing } from '../shapes.ts'

/**
 * The backend's functions on a fake AWS, with one thing, its certificate OLD and a job in progress. Events in the
 * corpus name what is made anew in every run by placeholders: `<old>`, `<new>`, `<csr>`.
 */
export function eventIn(world: RotationWorld, input: Buffer): unknown {
  const text = input
    .toString()
    .replaceAll('<old>', world.old)
    .replaceAll('<new>', String(world.record['newCertificateId']))
    .replaceAll('<csr>', JSON.stringify(firstCsr).slice(1, -1))
  return jsonOrNothing(text)
}

/** Whoever the event claims to be, it is answered only where the rule says that it came from. */
export function claimReplies(world: RotationWorld, event: unknown, kind: 'create' | 'commit'): string {
  const { thingName } = Object(event)
  for (const { topic, payload } of world.aws.data.published) {
    claim(isThingName(thingName), `something that is no thing was answered on ${topic}`)
    const requestTopic = `awslabs/things/${thingName}/certificate/${kind}`
    const isAnswer = topic === `${requestTopic}/accepted` || topic === `${requestTopic}/rejected`
    claim(isAnswer, `${thingName} was answered on ${topic}`)
    claim(
      topic.endsWith('/accepted') || typeof payload['errorMsg'] === 'string',
      'a rejection without a reason',
    )
  }
  const last = world.lines.at(-1)
  return `${last?.event} ${last?.code ?? ''} ${JSON.stringify(world.record['progress'])}`
}

/** Nothing that a message says takes the device's certificate away. */
export function claimConnected(world: RotationWorld): void {
  claim(world.usable.includes(world.old), 'the certificate in use was deactivated or detached')
}

/** Whether this client may speak for the thing `dev1`: by its name, or by it and something after a `#`. */
export const speaksForDev1 = ({
  thingName,
  clientId,
}: {
  thingName?: unknown
  clientId?: unknown
}): boolean => thingName === 'dev1' && typeof clientId === 'string' && /^dev1(?:#.*)?$/su.test(clientId)
