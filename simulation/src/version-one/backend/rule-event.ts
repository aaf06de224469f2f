/** What the rules hand to the functions: the device's message, with who sent it laid over its fields. */
export interface RuleEvent {
  jobId: string
  csr?: string
  thingName: string
  topic: string
  clientId: string
  principal: string
}

/** The end of an execution, as AWS IoT Jobs tells it. */
export interface JobEvent {
  jobId: string
  thingArn: string
  status: string
}

export const notMet = { errorMsg: 'Pre-conditions not met' }
