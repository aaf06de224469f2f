/** The user that the component runs as. Windows has no such numbers. */
export const processOwner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
