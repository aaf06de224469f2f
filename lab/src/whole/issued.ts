import type { World } from './world.ts'

/** Counts the certificates that are issued for each request, as the registry's API sees them. */
export function countIssued(world: World): (csr: string) => number {
  const counts = new Map<string, number>()
  world.cloud.observe(event => {
    if (event.kind !== 'call' || event.call.name !== 'CreateCertificateFromCsr' || event.call.status !== 200)
      return
    const csr = String(event.call.input['certificateSigningRequest'])
    counts.set(csr, (counts.get(csr) ?? 0) + 1)
  })
  return csr => counts.get(csr) ?? 0
}
