import type { PrivateAuthority } from '@rotator/local-cloud/private-ca/private-authority'
import { functionNames } from '../../whole/function-calls.ts'
import type { World } from '../../whole/world.ts'
import type { Deed } from '../deed.ts'
import { invoke } from '../invocation.ts'
import { begin, createEvent, newSubject, settledTwice } from '../subject.ts'
import { batch, retire } from './retire.ts'

async function creating(world: World) {
  const subject = await newSubject(world)
  const event = await createEvent(subject, await begin(world, subject))
  return async () => invoke(world, functionNames.create, event)
}

async function retiring(world: World) {
  const { subject, firstId } = await settledTwice(world)
  return retire(world, batch(subject, { certificateId: firstId }))
}

/** What functions do besides where an authority of AWS Private CA issues, and hears of what goes. */
export const privateCaDeeds = (authority: PrivateAuthority): Deed[] => [
  {
    actor: functionNames.create,
    name: 'the authority issues a certificate',
    prepare: creating,
  },
  {
    actor: functionNames.create,
    name: 'operators can be told why the authority issues none',
    prepare: async world => {
      const create = await creating(world)
      const { keyAlgorithm } = authority
      return async () => {
        authority.keyAlgorithm = 'EC_prime256v1'
        const ending = await create()
        authority.keyAlgorithm = keyAlgorithm
        return ending
      }
    },
  },
  {
    actor: functionNames.retire,
    name: 'the authority revokes what it has issued',
    prepare: retiring,
  },
  {
    actor: functionNames.retire,
    name: 'what an authority that is deleted has issued goes without it',
    prepare: async world => {
      const retireIt = await retiring(world)
      return async () => {
        authority.set = 'DELETED'
        const ending = await retireIt()
        authority.set = 'ACTIVE'
        return ending
      }
    },
  },
]
