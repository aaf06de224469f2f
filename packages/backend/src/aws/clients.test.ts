import { expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { fakeClients } from '../testing/fake-clients.ts'

test('shadows, messages and job executions are asked for at the data endpoint of the account', async () => {
  const { data, jobs } = fakeClients(new FakeAws())
  const endpoint = { protocol: 'https:', hostname: 'data.example' }
  expect(await data.config.endpoint?.()).toMatchObject(endpoint)
  expect(await jobs.config.endpoint?.()).toMatchObject(endpoint)
})
