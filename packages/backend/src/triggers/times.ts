/**
 * How long one invocation begins further work. AWS Lambda gives it 15 minutes, and what is begun takes up to six: 250
 * certificates, or 100 whose things are looked at in full.
 */
export const invocationMs = 480_000

export const dayMs = 86_400_000
