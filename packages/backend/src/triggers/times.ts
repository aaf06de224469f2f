/**
 * How long one invocation begins further work. AWS Lambda gives it 15 minutes, and what is begun takes up to seven: a page
 * of 250 certificates, with six calls for each.
 */
export const invocationMs = 450_000

export const dayMs = 86_400_000
