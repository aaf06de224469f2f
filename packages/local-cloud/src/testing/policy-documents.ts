const version = '2012-10-17'

/** The policy of a role that these services may act as. */
export const trusting = (...services: string[]): object => ({
  Version: version,
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: services } }],
})

/** A policy that allows these actions, on everything unless resources are said. */
export const allowing = (actions: readonly string[], resources: readonly string[] = ['*']): object => ({
  Version: version,
  Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }],
})
