import { firstCsr, RotationWorld } from '@rotator/backend/testing/rotation-world'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target } from '../../target.ts'
import { claimConnected, claimReplies, eventIn, speaksForDev1 } from './rule-world.ts'

const asked = {
  jobId: 'J1',
  csr: '<csr>',
  executionNumber: 1,
  thingName: 'dev1',
  topic: 'awslabs/things/dev1/certificate/create',
  clientId: 'dev1',
  principal: '<old>',
}

/** The event with which the rule of create calls its function: the device's message, and beside it who sent it. */
export const createEvent: Target = {
  name: 'create-event',
  isSlow: true,
  mutate: jsonOf([...Object.keys(asked), ...Object.values(asked).map(String), 'dev10', 'dev1#2', 'J2']),
  async execute(input) {
    const world = new RotationWorld()
    const event = eventIn(world, input)
    await world.create(event)
    claimConnected(world)
    const outcome = claimReplies(world, event, 'create')
    const issued = [...world.aws.iot.certificates.keys()].filter(id => id !== world.old)
    if (issued.length === 0) {
      claim(!outcome.startsWith('create-accepted'), 'a certificate was answered that nobody issued')
      return outcome
    }
    claim(issued.length === 1, `${issued.length} certificates were issued for one request`)
    const { jobId, executionNumber, principal, csr } = Object(event)
    claim(speaksForDev1(Object(event)), 'a certificate was issued to a stranger')
    claim(principal === world.old, 'a certificate was issued to another certificate')
    claim(jobId === 'J1' && [1, undefined].includes(executionNumber), 'a certificate was issued for no job')
    claim(csrDigest(String(csr)) === csrDigest(firstCsr), 'a certificate was issued for another request')
    return outcome
  },
  seeds: () => ({
    version2: JSON.stringify(asked),
    version1: JSON.stringify({ ...asked, executionNumber: undefined }),
    'second-client': JSON.stringify({ ...asked, clientId: 'dev1#2' }),
    'other-job': JSON.stringify({ ...asked, jobId: 'J2' }),
    stranger: JSON.stringify({ ...asked, clientId: 'dev10' }),
  }),
}
