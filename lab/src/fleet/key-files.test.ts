import { generateKey } from '@rotator/component/keys/generate-key'
import { filesHome } from '@rotator/component/keys/key-home'
import { keyFormatOf } from '@rotator/local-core/nucleus/key-format-of'
import { type KeyFormatId, keyFormats, refusalOf } from '@rotator/local-core/nucleus/key-formats'
import { algorithmPairs } from '@rotator/protocol/algorithms'
import { describe, expect, test } from 'vitest'

const onePairEach = [...new Map(algorithmPairs.map(pair => [pair.keyAlgorithm, pair])).values()]

describe.each(onePairEach)('a key $keyAlgorithm, as the component writes it', pair => {
  const { keyAlgorithm } = pair

  test('is read by both libraries of a nucleus on Linux', async () => {
    const form = keyFormatOf((await generateKey(keyAlgorithm)).pem)
    expect(form).toBe(keyAlgorithm.startsWith('RSA') ? 'rsa-pkcs1' : 'ec-pkcs8')
    expect(refusalOf(form, 'linux')).toBeUndefined()
  })

  test('is refused by the component on Windows where no form of it is read by both libraries there', async () => {
    const family = keyAlgorithm.startsWith('RSA') ? 'rsa' : 'ec'
    const forms = (Object.keys(keyFormats) as KeyFormatId[]).filter(id => id.startsWith(`${family}-`))
    const isUsable = forms.some(id => refusalOf(id, 'windows') === undefined)
    const refusal = await filesHome('win32').refusal(pair)
    expect(refusal === undefined).toBe(isUsable)
  })
})
