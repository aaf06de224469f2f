import { expect, test } from 'vitest'
import { environmentOf } from '../aws/environment.ts'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { fakeClients, triggerVariables } from '../testing/fake-clients.ts'
import type { TriggerEnvironmentName } from './trigger-environment.ts'
import { triggerPorts } from './trigger-ports.ts'

test('on AWS the triggers wait by the clock', async () => {
  const { iot } = fakeClients(new FakeAws())
  const ports = triggerPorts(environmentOf<TriggerEnvironmentName>(triggerVariables), iot)
  const fromMs = ports.now()
  await ports.pause(20)
  expect(ports.now() - fromMs).toBeGreaterThanOrEqual(19)
})
