/** A call that a function makes, and on what: its role allows this and nothing else. */
export interface Permission {
  actions: readonly string[]
  on: PermissionTarget
  /** Conditions of IAM that the call must meet besides. */
  when?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** `any`: AWS knows no narrower resource for these calls. */
export type PermissionTarget =
  | 'any'
  | 'certificates'
  | 'things'
  | 'records'
  | 'create-replies'
  | 'commit-replies'
  | 'notifications'
  | 'retire-queue'
  | 'jobs'
  | 'job-template'
  | 'sweep-function'
  | 'triggered-jobs'
  | 'rotate-aged-function'
  | 'rotate-audited-function'
  | 'private-ca'
  | 'own-issuer'
  | 'own-check'
