import type { World } from '../whole/world.ts'

/** Hears of everything that was refused to roles, in AWS's words. */
export function watchDenials({ cloud }: World): { texts: string[]; stop(): void } {
  const texts: string[] = []
  const stop = cloud.observe(event => {
    if (event.kind === 'call' && event.call.errorCode === 'AccessDeniedException')
      texts.push(event.call.errorMessage ?? '')
    if (event.kind === 'problem') texts.push(event.reason)
  })
  return { texts, stop }
}

/** Whether the text refuses something to a role, or this action, by both their names. */
export const isRefusedTo = (text: string, roleName: string, action = ''): boolean =>
  text.includes(`:assumed-role/${roleName}/`) && text.includes(`is not authorized to perform: ${action}`)
