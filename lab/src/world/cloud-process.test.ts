import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startCloudProcess } from './cloud-process.ts'

test('a local cloud that cannot start says why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-process-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const templateFile = join(folder, 'template.json')
  writeFileSync(templateFile, '{ "Resources": ')
  await expect(startCloudProcess({ folder, templateFile, onNotification: () => undefined })).rejects.toThrow(
    /^The local cloud ended with 1 before it was ready\. Its log: .*\nThe template is not JSON/u,
  )
})
