/** What is made of the code in a page that people write: the text of each fragment by its name. */
export type Fragments = Readonly<Record<string, () => string>>

const fragment = /<!-- made from the code: (?<name>.+?) -->\n(?:[\s\S]*?)<!-- end of it -->/gu

/**
 * A page with its fragments as they should be now; what stands around them stays.
 *
 * @throws where the page lacks one of them, or has one that nobody makes
 */
export function withFragments(page: string, fragments: Fragments): string {
  const missing = new Set(Object.keys(fragments))
  const text = page.replaceAll(fragment, (_all, name: string) => {
    const make = fragments[name]
    if (make === undefined) throw new Error(`Nothing in tools/docs/pages.ts makes the fragment "${name}".`)
    missing.delete(name)
    return `<!-- made from the code: ${name} -->\n\n${make()}\n\n<!-- end of it -->`
  })
  if (missing.size > 0) {
    throw new Error(`The page has no place for: ${[...missing].join(', ')}. Put in both comments of each.`)
  }
  return text
}
