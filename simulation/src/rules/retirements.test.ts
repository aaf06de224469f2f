import { fresh, old } from '@rotator/rotation/testing/record-ids'
import { describe, expect, test } from 'vitest'
import type { FunctionCall } from '../cloud/backend-functions.ts'
import { retirementBy } from './retirements.ts'

type Seen = Parameters<typeof retirementBy>[1]

const seen = (facts: Partial<Pick<Seen, 'attached' | 'issuedFor'>> = {}, ids: readonly string[] = [old]) =>
  ({
    registry: { certificates: { find: (id: string) => (ids.includes(id) ? {} : undefined) } },
    attached: [{ thing: 'dev1', certificateId: old }],
    issuedFor: new Map(),
    ...facts,
  }) as Seen

/** The message names another certificate, of which the product says that it was never attached. */
const call = (
  operation: string,
  input: FunctionCall['input'],
  functionName = 'retire',
): Readonly<FunctionCall> => {
  const body = JSON.stringify({ thingName: 'dev2', certificateId: fresh, why: 'never-attached' })
  const life = { functionName, event: { Records: [{ body }] } } as unknown as FunctionCall['life']
  return { life, operation, input }
}

const principal = `arn:aws:iot:us-east-1:000000000000:cert/${old}`
const ofOld = { thing: 'dev1', certificateId: old, wasNeverAttached: false }

describe('what a call takes away', () => {
  test.each([
    ['UpdateCertificate', { certificateId: old, newStatus: 'INACTIVE' }],
    ['UpdateCertificate', { certificateId: old, newStatus: 'REVOKED' }],
    ['DeleteCertificate', { certificateId: old, forceDelete: true }],
    ['DetachThingPrincipal', { thingName: 'dev1', principal }],
  ])('%s says itself, whatever the message says and whichever function calls', (operation, input) => {
    expect(retirementBy(call(operation, input), seen())).toEqual(ofOld)
    expect(retirementBy(call(operation, input, 'sweep'), seen())).toEqual(ofOld)
  })

  test('is nothing where a certificate is made active, or only looked at', () => {
    expect(
      retirementBy(call('UpdateCertificate', { certificateId: old, newStatus: 'ACTIVE' }), seen()),
    ).toBeUndefined()
    expect(retirementBy(call('DescribeCertificate', { certificateId: old }), seen())).toBeUndefined()
  })

  test('is nothing where the certificate is gone already', () => {
    expect(retirementBy(call('DeleteCertificate', { certificateId: old }), seen({}, []))).toBeUndefined()
  })

  test('was never attached only if the cloud never saw it attached', () => {
    const issuedFor = new Map([[fresh as string, 'dev1']])
    const deleted = call('DeleteCertificate', { certificateId: fresh })
    expect(retirementBy(deleted, seen({ issuedFor }, [fresh]))).toEqual({
      thing: 'dev1',
      certificateId: fresh,
      wasNeverAttached: true,
    })
    const attached = [{ thing: 'dev2', certificateId: fresh }]
    expect(retirementBy(deleted, seen({ issuedFor, attached }, [fresh]))).toEqual({
      thing: 'dev1',
      certificateId: fresh,
      wasNeverAttached: false,
    })
  })
})
