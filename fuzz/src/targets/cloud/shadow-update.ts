import { isDeepStrictEqual } from 'node:util'
import { ShadowError } from '@rotator/local-cloud/shadows/shadow-error'
import { createShadows } from '@rotator/local-cloud/shadows/shadows'
import { parseUpdateRequest } from '@rotator/local-cloud/shadows/update-request'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target, wordsOf } from '../../target.ts'

const longestState = 8 * 1024
const clock = { now: () => 1_767_225_600_000 }
const id = { thingName: 'dev1', shadowName: 'AWSLabsCertificateRotator' }

/** An update of a shadow as a device sends it to the local cloud. */
export const shadowUpdate: Target = {
  name: 'shadow-update',
  mutate: jsonOf(['state', 'desired', 'reported', 'version', 'clientToken', 'progress', 'keep']),
  execute(input) {
    try {
      const request = parseUpdateRequest(input)
      const shadows = createShadows({ ...clock, schedule: () => ({ cancel() {} }) } as never)
      shadows.update(id, { reported: { progress: 'created', keep: 'a' } })
      const { current } = shadows.update(id, request)
      const { state } = current.reported
      claim(current.version === 2, 'an update does not count')
      claim(Buffer.byteLength(JSON.stringify(state)) <= longestState, 'a shadow has grown over its limit')
      claim(!hasNull(state), 'a removed member is still there')
      claim(
        request.version !== undefined || isDeepStrictEqual(shadows.get(id).reported.state, state),
        'what was answered is not what is stored',
      )
      return `updated ${Object.keys(request).join()}`
    } catch (error) {
      if (!(error instanceof ShadowError)) throw error
      return wordsOf(error.message)
    }
  },
  seeds: () => ({
    record:
      '{"state":{"reported":{"schema":2,"progress":"committed","retiring":["a"],"keep":null}},"version":1}',
    nested: '{"state":{"desired":{"a":{"b":{"c":[1,{"d":2}]}}}},"clientToken":"t"}',
    removed: '{"state":{"reported":null}}',
  }),
}

/** A member that is null, outside of arrays, which are replaced as a whole. */
const hasNull = (value: object): boolean =>
  Object.values(value).some(
    inner => inner === null || (typeof inner === 'object' && !Array.isArray(inner) && hasNull(inner)),
  )
