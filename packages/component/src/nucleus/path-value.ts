import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Located = { ok: true; path: string } | { ok: false; problem: string }

/** The nucleus takes plain paths and `file:` URIs for files. */
export function pathOf(setting: string, value: string): Located {
  const path = /^file:/iu.test(value) ? pathOfUri(value) : value
  if (path === undefined)
    return problem(setting, `is no file URI that can be read (${value})`, 'Write it as file:///path')
  if (!isAbsolute(path)) {
    return problem(
      setting,
      `is a relative path (${value}), and it depends on where Greengrass was started what that means`,
      'Give the whole path',
    )
  }
  return { ok: true, path }
}

/** The nucleus also takes `file:/path` and, unlike the standard, `file:path`. */
function pathOfUri(uri: string): string | undefined {
  if (!/^file:\//iu.test(uri)) return uri.slice('file:'.length)
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

const problem = (setting: string, what: string, remedy: string): Located => ({
  ok: false,
  problem: `The setting ${setting} of Greengrass ${what}. ${remedy}, in the nucleus configuration under system.`,
})
