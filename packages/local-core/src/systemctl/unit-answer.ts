/** What a run of systemctl prints and how it ends. */
export interface UnitAnswer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export function isUnitAnswer(value: unknown): value is UnitAnswer {
  if (typeof value !== 'object' || value === null) return false
  const { exitCode, stdout, stderr } = value as Record<string, unknown>
  return typeof exitCode === 'number' && typeof stdout === 'string' && typeof stderr === 'string'
}
