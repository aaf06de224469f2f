/** The AWS Common Runtime: the TLS and MQTT stack of the real nucleus. Loading it takes about 0.2 s. */
export type CrtLibrary = Awaited<ReturnType<typeof loadCrt>>

export async function loadCrt() {
  const module = await import('aws-crt')
  return module.default
}
