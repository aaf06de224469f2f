/** Reads `Name=value` pairs as the CDK command line does; the value may hold further equals signs. */
export function contextOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    }),
  )
}
