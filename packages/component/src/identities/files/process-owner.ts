/** The user that the component runs as. Windows has no such numbers. */
export const ownerOf = (of: {
  getuid?: () => number
  getgid?: () => number
}): { uid: number; gid: number } => ({
  uid: of.getuid?.() ?? 0,
  gid: of.getgid?.() ?? 0,
})

export const processOwner = ownerOf(process)
