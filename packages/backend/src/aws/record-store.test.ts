import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { AwsFailure, json, requestHandler } from '../testing/fake-aws/wire.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { recordStoreContract } from '../testing/record-store-contract.ts'
import { thingName } from '../testing/test-ids.ts'
import { shadowRecordStore } from './record-store.ts'

const thing = thingName('dev1')
const subject = (aws = new FakeAws()) => ({ records: shadowRecordStore(fakeClients(aws).data), thing })

describe('the record in the thing’s named shadow', () => {
  recordStoreContract(() => subject())

  test('a shadow that nobody has reported anything to holds no record', async () => {
    const { data } = fakeClients({ requestHandler: requestHandler(() => json({ version: 3 })) })
    const records = shadowRecordStore(data)
    expect(await records.read(thing)).toEqual({ reported: undefined, version: 3 })
  })

  test.each(['GetThingShadow', 'UpdateThingShadow'])('a throttled %s throws', async operation => {
    const aws = new FakeAws()
    aws.failAlways(operation, new AwsFailure(429, 'ThrottlingException'))
    const { records } = subject(aws)
    const readAndWrite = async () => [await records.read(thing), await records.write(thing, {}, 1)]
    await expect(readAndWrite()).rejects.toMatchObject({ name: 'ThrottlingException' })
  })
})
