/** What the stack tells the functions. Which of them a function gets is its construct's choice. */
export const environmentNames = [
  /** Host, or host and port, of AWS IoT's data plane: shadows, messages and job executions. */
  'IOT_DATA_ENDPOINT',
  /** `arn:aws:iot:<region>:<account>:cert/` */
  'CERTIFICATE_ARN_PREFIX',
  'NOTIFICATION_TOPIC_ARN',
  'RETIRE_QUEUE_URL',
  /** Seconds between the decision that a certificate goes and its deactivation. */
  'RETIRE_DELAY_SECONDS',
  /** Seconds between its deactivation and its deletion. */
  'RETIRE_HOLD_SECONDS',
  /** ARN of the authority of AWS Private CA that issues; empty where AWS IoT does. */
  'PCA_CA_ARN',
  'PCA_VALIDITY_IN_DAYS',
  'PCA_SIGNING_ALGORITHM',
  /** `true` where certificates that go are revoked at the authority that issued them. */
  'PCA_REVOKE_ON_RETIREMENT',
  /** ARN of a function of the operators' own that issues; empty where none does. */
  'ISSUER_FUNCTION_ARN',
  /** ARN of a function of the operators' own that is asked before a certificate is issued; empty where none is. */
  'CHECK_FUNCTION_ARN',
  /** The template that operators make jobs from; its age is that of the backend. */
  'JOB_TEMPLATE_ID',
  'SWEEP_FUNCTION_NAME',
  /** Seconds between two sweeps. */
  'SWEEP_EVERY_SECONDS',
  /** Seconds in which every job and every thing is looked at in full. */
  'SWEEP_ROUND_SECONDS',
  /** Seconds that the end of an execution is left to its own event. */
  'SWEEP_GRACE_SECONDS',
] as const
export type EnvironmentName = (typeof environmentNames)[number]

/** Reads settings that must be there; a missing one ends the start, with its name. */
export interface Environment<Name extends string = EnvironmentName> {
  text(name: Name): string
  /** @returns undefined for one that is empty or not set, which means something */
  optionalText(name: Name): string | undefined
  seconds(name: Name): number
  days(name: Name): number
}

export function environmentOf<Name extends string = EnvironmentName>(
  variables: Readonly<Record<string, string | undefined>>,
): Environment<Name> {
  const optionalText = (name: Name): string | undefined => variables[name] || undefined
  const text = (name: Name): string => {
    const value = optionalText(name)
    if (value === undefined) {
      throw new Error(`The environment variable ${name} is not set. Deploy the stack again; it sets it.`)
    }
    return value
  }
  const whole = (name: Name, unit: string): number => {
    const value = Number(text(name))
    if (Number.isSafeInteger(value) && value >= 0) return value
    throw new Error(`The environment variable ${name} is no number of ${unit}: ${variables[name]}`)
  }
  return {
    text,
    optionalText,
    seconds: name => whole(name, 'seconds'),
    days: name => whole(name, 'days'),
  }
}
