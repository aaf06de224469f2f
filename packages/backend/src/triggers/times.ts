/**
 * How long one invocation begins further work. AWS Lambda gives it 15 minutes, and what is begun takes up to eight: a page
 * of 250 certificates with six calls for each, and the last look at a hundred things.
 */
export const invocationMs = 360_000

export const dayMs = 86_400_000
