/** Settings of the nucleus by our names for them, each with its path of names in the nucleus's configuration. */
export type SettingPaths<N extends string> = Readonly<Record<N, readonly string[]>>

/** What was found of them, as text: numbers and booleans are texts in some configurations anyway. */
export type SettingValues<N extends string> = Partial<Record<N, string>>

/** The two settings that name the device's identity. */
export const pathSettings = {
  certificateFilePath: ['system', 'certificateFilePath'],
  privateKeyPath: ['system', 'privateKeyPath'],
} as const
export type PathSetting = keyof typeof pathSettings

/** The nucleus compares names without case. */
export const isSameName = (one: string | undefined, other: string | undefined): boolean =>
  one?.toLowerCase() === other?.toLowerCase()

export const namesOf = <N extends string>(settings: SettingPaths<N>): N[] => Object.keys(settings) as N[]
