/** What the stack tells a function that orders rotations by itself. */
export interface TriggerEnvironment {
  /** Host, or host and port, of AWS IoT's data plane: the records. */
  IOT_DATA_ENDPOINT: string
  /** `arn:aws:iot:<region>:<account>:cert/` */
  CERTIFICATE_ARN_PREFIX: string
  /** `arn:aws:iot:<region>:<account>:thing/` */
  THING_ARN_PREFIX: string
  /** Of the template that jobs are made from. */
  JOB_TEMPLATE_ARN: string
  /** Name of the thing group whose members are rotated, and nobody else. */
  ROTATED_THING_GROUP: string
  /** The function's own, which it goes on in where one invocation is not enough. */
  OWN_FUNCTION_NAME: string
  /** Whole days after which a certificate is old; for the function of the schedule alone. */
  ROTATE_AFTER_DAYS: string
}
export type TriggerEnvironmentName = keyof TriggerEnvironment
