import { isDeepStrictEqual } from 'node:util'
import { decodeNote, encodeNote } from '@rotator/component/identities/pkcs11/rotation-note'
import { parseTokenPlace } from '@rotator/component/identities/pkcs11/token-settings'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

const words =
  'library slot userPin name newId oldCertificateId execution jobId executionNumber csr 1e3 -1 0x1'.split(' ')
const pin = 'a PIN that nobody may read'

/** What is read for a token beside the token: the provider's configuration, and the note in its data object. */
export const tokenTexts: Target = {
  name: 'token-texts',
  mutate: jsonOf(words),
  execute(input) {
    const given = jsonOrNothing(input.toString())
    const place = parseTokenPlace(given)
    const withPin = parseTokenPlace({ ...Object(given), userPin: [pin] })
    claim(!withPin.ok && !withPin.problem.includes(pin), 'a problem shows the PIN')
    if (place.ok) {
      const { slot, library, userPin } = place.value
      claim(Number.isSafeInteger(slot) && slot >= 0, `slot ${slot}`)
      claim(library !== '' && userPin.reveal() !== '', 'a setting that is empty')
    }
    const note = decodeNote(input)
    if (note !== undefined) {
      claim(
        isDeepStrictEqual(decodeNote(encodeNote(note)), note),
        'the note written anew says something else',
      )
    }
    const placed = place.ok ? 'placed' : wordsOf(place.problem)
    return `${placed} ${note === undefined ? 'no note' : `note ${note.execution === null} ${note.csr === null}`}`
  },
  seeds: () => ({
    provider: JSON.stringify({ name: 'hsm', library: '/usr/lib/pkcs11.so', slot: 7, userPin: '1234' }),
    texts: JSON.stringify({ library: '/usr/lib/pkcs11.so', slot: '0', userPin: 1234 }),
    note: JSON.stringify({
      newId: '00ff',
      oldCertificateId: '0'.repeat(64),
      execution: { jobId: 'job-1', executionNumber: 1 },
      csr: 'PEM',
    }),
    adopted: JSON.stringify({ newId: '', oldCertificateId: 'f'.repeat(64), execution: null, csr: null }),
  }),
}
