import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestAuthority, type TestIdentity } from '@rotator/component/testing/test-authority'
import { test as plainTest } from 'vitest'
import { configuredCertificate, heldCertificates } from './held-identities.ts'

const test = plainTest.extend('folder', async ({ task }, { onCleanup }) => {
  const folder = mkdtempSync(join(tmpdir(), `held-${task.id}-`))
  onCleanup(() => rmSync(folder, { recursive: true }))
  return folder
})

const configured = (folder: string) => ({
  certificateFile: join(folder, 'thing.pem'),
  privateKeyFile: join(folder, 'thing-key.pem'),
})

function put(
  folder: string,
  { certificatePem, keyPem }: TestIdentity,
  certificate: string,
  key: string,
): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, certificate), certificatePem)
  writeFileSync(join(folder, key), keyPem)
}

test('a device holds what it is configured with, and each generation', async ({ folder, expect }) => {
  const authority = new TestAuthority()
  const [present, next] = [await authority.identity(), await authority.identity()]
  put(folder, present, 'thing.pem', 'thing-key.pem')
  put(join(folder, 'identities', '2'), next, 'certificate.pem', 'private-key.pem')
  expect(configuredCertificate(configured(folder))).toBe(present.certificateId)
  expect(heldCertificates(configured(folder))).toEqual([present.certificateId, next.certificateId])
})

test('a certificate without its own key is not held, and nothing is where files are missing', async ({
  folder,
  expect,
}) => {
  const authority = new TestAuthority()
  const [one, other] = [await authority.identity(), await authority.identity()]
  put(folder, { ...one, keyPem: other.keyPem }, 'thing.pem', 'thing-key.pem')
  expect(heldCertificates(configured(folder))).toEqual([])
  expect(configuredCertificate(configured(join(folder, 'nowhere')))).toBeUndefined()
})
