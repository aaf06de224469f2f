import { expect, test } from 'vitest'
import { conclusion, resultJson, resultTable, type ShownResult } from './result.ts'

const inFile: ShownResult = {
  thingName: 'core-01',
  ok: true,
  oldCertificateId: 'aa'.repeat(32),
  newCertificateId: 'bb'.repeat(32),
  keyAlgorithm: 'RSA-2048',
  signingAlgorithm: 'SHA256WITHRSA',
  store: 'file',
  rotationMs: 1_234,
  offlineMs: 56,
  powerCut: false,
  token: undefined,
  problems: [],
}
const inHsm: ShownResult = { ...inFile, thingName: 'core-02', store: 'pkcs11', token: 'SoftHSM2' }
const inTpm: ShownResult = { ...inFile, thingName: 'core-03', store: 'pkcs11', token: 'TPM 2.0' }

test('the table tells which token holds a key', () => {
  const stores = resultTable([inFile, inHsm, inTpm])
    .split('\n')
    .flatMap(line => line.split('│')[3]?.trim() ?? [])
  expect(stores).toEqual(['store', 'file', 'pkcs11 (SoftHSM2)', 'pkcs11 (TPM 2.0)'])
})

test('the file has the fields of each device, and no more', () => {
  const { devices } = JSON.parse(resultJson([inHsm])) as { devices: object[] }
  const { problems: _problems, token: _token, ...device } = inHsm
  expect(devices).toEqual([device])
  expect(JSON.parse(resultJson([inHsm, inFile]))).toMatchObject({ ok: true })
  expect(JSON.parse(resultJson([inHsm, { ...inFile, ok: false }]))).toMatchObject({ ok: false })
})

test('what nobody could try is not said to be refused', () => {
  expect(conclusion([inFile, inHsm], 'aws-iot')).toContain('each old one is refused')
  expect(conclusion([inFile, inTpm], 'aws-iot')).toContain('refused (the key of core-03 never left its TPM)')
})

test('problems are told alone, each with its device', () => {
  const bad = { ...inTpm, ok: false, problems: ['First.', 'Second.'] }
  expect(conclusion([inFile, bad], 'private-ca')).toBe('core-03: First.\ncore-03: Second.\n')
})
